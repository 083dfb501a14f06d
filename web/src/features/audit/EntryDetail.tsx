import { Button, CloseButton } from '@mantine/core';
import { useState } from 'react';
import { useSearchParams } from 'react-router';
import { Fact, Facts } from '../../components/Fact';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Empty, Failing, LoadingBlock } from '../../components/states';
import { Time } from '../../components/Time';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql, readFragment } from '../../gql';
import type { EntryFiguresFragment } from '../../gql/graphql';
import { count, words } from '../../lib/format';
import { actorName } from '../../lib/sentences';
import { actionWords, EntryFigures, isRedacted, readableJson } from './entries';
import { RedactDialog } from './RedactDialog';
import classes from './audit.module.css';

const OneEntry = graphql(`
  query OneEntry($asOf: AsOf!) {
    auditLog(first: 1, asOf: $asOf) {
      nodes {
        position
        ...EntryFigures
      }
    }
  }
`);

/** One entry: who, what, when; before and after side by side; its place in the log and what led to it. */
export function EntryDetail({ position, known, onClose }: {
  position: string;
  known: EntryFiguresFragment | undefined;
  onClose: () => void;
}) {
  const [result, readAgain] = useKeptQuery({ query: OneEntry, variables: { asOf: position }, pause: known !== undefined && !known.mayRedact });
  const [redacting, setRedacting] = useState<string | null>(null);
  const [, setParams] = useSearchParams();
  const { asOf, setAsOf } = useAsOf();
  const [read] = readFragment(EntryFigures, result.data?.auditLog.nodes ?? []);
  // Read by itself it is as it is now, also when its text was redacted after the list was read.
  const entry = read?.position === position ? read : known;
  const only = (name: string, value: string) => () =>
    setParams((before) => {
      const next = new URLSearchParams(before);
      next.set(name, value);
      return next;
    });
  const actions = <CloseButton size="sm" aria-label="Close the entry" onClick={onClose} />;
  if (entry === undefined) {
    return (
      <Panel title={`Position ${count(Number(position))}`} actions={actions}>
        {result.error ? (
          <Failing what="The entry" error={result.error} onRetry={() => readAgain({ requestPolicy: 'network-only' })} />
        ) : result.fetching ? (
          <LoadingBlock height={200} />
        ) : (
          <Empty title="No entry that you may see stands at this position" />
        )}
      </Panel>
    );
  }
  return (
    <Panel title={actionWords(entry.action)} note={entry.action} actions={actions}>
      <Facts>
        <Fact name="Who">
          {actorName(entry.actor)}{' '}
          <button type="button" className={classes.link} onClick={only('actor', entry.actor.id)}>only theirs</button>
        </Fact>
        <Fact name={words(entry.subjectKind)}>
          {entry.subjectKind === 'model' ? (
            <PlaceLink to={paths.model(entry.subjectId)}>{entry.subjectName ?? 'this model'}</PlaceLink>
          ) : entry.subjectKind === 'evaluation' ? (
            <PlaceLink to={paths.evaluation(entry.subjectId)}>{entry.subjectName ?? 'this evaluation'}</PlaceLink>
          ) : entry.subjectKind === 'alert' ? (
            <PlaceLink to={paths.alert(entry.subjectId)}>{entry.subjectName ?? 'this alert'}</PlaceLink>
          ) : (
            (entry.subjectName ?? 'without a name')
          )}{' '}
          <button type="button" className={classes.link} onClick={only('subject', entry.subjectId)}>only its</button>
        </Fact>
        <Fact name="Done"><Time at={entry.at} isExact /></Fact>
        <Fact name="Recorded"><Time at={entry.recordedAt} isExact /></Fact>
        <Fact name="Position">
          {count(Number(entry.position))}{' '}
          <button type="button" className={classes.link} onClick={() => setAsOf(entry.position)}>as known then</button>
        </Fact>
        {entry.causedBy && <Fact name="Led to by"><PlaceLink to={paths.auditEntry(entry.causedBy)}>position {count(Number(entry.causedBy))}</PlaceLink></Fact>}
        <Fact name="Command"><code>{entry.commandId}</code></Fact>
      </Facts>
      {entry.changes.length === 0 ? (
        <p className="dim" style={{ marginTop: 16 }}>This entry changed no field.</p>
      ) : (
        <div className={classes.changes}>
          <table>
            <thead><tr><th>Field</th><th>Before</th><th>After</th></tr></thead>
            <tbody>
              {entry.changes.map((change) => (
                <tr key={change.field}>
                  <th scope="row">{words(change.field)}</th>
                  <td><Value text={change.old} /></td>
                  <td><Value text={change.new} /></td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {asOf === null && entry.mayRedact && !isRedacted(entry) && (
        <div className={classes.redact}>
          <p className="dim">Does the text tell of somebody who should not be in the record?</p>
          <Button size="xs" variant="outline" color="red" onClick={() => setRedacting(entry.position)}>Redact the text…</Button>
        </div>
      )}
      {redacting !== null && <RedactDialog position={redacting} onClose={() => setRedacting(null)} />}
    </Panel>
  );
}

function Value({ text }: { text: string | null }) {
  const value = readableJson(text);
  return value === null ? <span className="dim">–</span> : <pre>{value}</pre>;
}
