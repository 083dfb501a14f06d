import { Switch } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Empty, Failing, LoadingRows } from '../../components/states';
import { useAsOf, useParam } from '../../components/useAsOf';
import { AuditFilters, useAuditFilter } from './AuditFilters';
import { EntryDetail } from './EntryDetail';
import { EntryRows } from './EntryRows';
import { useTrail } from './useTrail';
import classes from './audit.module.css';

/** The audit trail of everything, or of one subject: filters in the address, a live tail, one entry side by side. */
export function AuditTrail({ subjectId }: { subjectId: string | null }) {
  const { asOf } = useAsOf();
  const [tail, setTail] = useParam('tail', 'on');
  const [selected, select] = useParam('entry');
  const filter = useAuditFilter(subjectId);
  const trail = useTrail(filter, asOf, tail === 'on');
  const entry = trail.entries?.find((each) => each.position === selected);
  return (
    <div className={classes.trail} data-selected={selected !== ''}>
      <Panel
        title={subjectId === null ? 'Entries' : 'Audit entries of the model itself'}
        note="Newest first. Each entry is a fact of the log: it is never changed."
        actions={asOf === null && (
          <Switch size="xs" label="Live" checked={tail === 'on'} onChange={(event) => setTail(event.currentTarget.checked ? 'on' : 'off')} />
        )}
      >
        <AuditFilters isOfOneSubject={subjectId !== null} />
        {trail.error && <Failing what="The audit trail" error={trail.error} onRetry={trail.retry} />}
        {trail.entries === undefined && !trail.error && <LoadingRows rows={10} height={24} />}
        {trail.entries?.length === 0 && <Empty title="No entry fits">Loosen the filters, or look at a later moment.</Empty>}
        {trail.entries !== undefined && trail.entries.length > 0 && (
          <EntryRows entries={trail.entries} selected={selected} onSelect={select} onEnd={trail.readMore} isReadingMore={trail.isReadingMore} />
        )}
        {trail.moreError && <Failing what="Older entries" error={trail.moreError} onRetry={trail.readMore} />}
      </Panel>
      {selected !== '' && <EntryDetail position={selected} known={entry} onClose={() => select('')} />}
    </div>
  );
}
