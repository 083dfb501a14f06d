import { Button, Progress, Table } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Empty } from '../../components/states';
import { Time } from '../../components/Time';
import { plural } from '../../lib/format';
import type { ShownErasure } from './KeepingTab';
import classes from './tenancy.module.css';

/** Whose rows were asked to go, and how far that is. Nobody is named: the record has keyed hashes alone. */
export function ErasuresPanel({ erasures, hasMore, onRequest }: {
  erasures: readonly ShownErasure[];
  hasMore: boolean;
  onRequest?: () => void;
}) {
  return (
    <Panel
      title="Erasures"
      note="Rows of somebody that go from everywhere. Whose they are is kept as a keyed hash, which tells nobody."
      isFlush
      actions={onRequest && <Button size="xs" variant="default" onClick={onRequest}>Erase rows</Button>}
    >
      {erasures.length === 0 ? (
        <div className={classes.inset}><Empty title="Nothing was erased">Somebody’s rows can be erased by the ids of predictions, or by what stands in a column.</Empty></div>
      ) : (
        <Table verticalSpacing={8}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Model</Table.Th>
              <Table.Th>Why</Table.Th>
              <Table.Th>Asked for</Table.Th>
              <Table.Th>How far</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {erasures.map((erasure) => (
              <Table.Tr key={erasure.id}>
                <Table.Td className={classes.person}>
                  {erasure.model?.name}
                  <div className="dim">by {erasure.column ?? 'prediction id'}, {plural(erasure.subjects, 'value')}</div>
                </Table.Td>
                <Table.Td className={classes.person}>{erasure.reason}</Table.Td>
                <Table.Td className={classes.moment}>
                  <Time at={erasure.requestedAt} />
                  {erasure.requestedBy.name && <div className="dim">by {erasure.requestedBy.name}</div>}
                </Table.Td>
                <Table.Td className={classes.holding}><HowFar erasure={erasure} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {hasMore && <p className={`${classes.more} dim`}>These are the newest 100; the API pages through all of them.</p>}
    </Panel>
  );
}

function HowFar({ erasure }: { erasure: ShownErasure }) {
  if (erasure.state === 'COMPLETED') {
    return (
      <>
        Done <Time at={erasure.completedAt} />
        <div className="dim">{plural(erasure.predictions, 'prediction')}, {plural(erasure.labels, 'row')} of labels</div>
      </>
    );
  }
  const share = Math.round(erasure.progress * 100);
  return (
    <>
      {erasure.state === 'HELD' ? 'Waits: a legal hold keeps the rows' : `${share} % looked at`}
      <Progress value={share} size="sm" aria-label="How much of it was looked at" />
    </>
  );
}
