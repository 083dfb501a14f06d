import { Panel } from '../../components/Panel';
import { useColumns } from '../../components/useColumns';
import { graphql, readFragment, type FragmentType } from '../../gql';
import { count, share, significant } from '../../lib/format';
import { accuracyOf, conditionsText, farOffText, gapText } from './segmentText';
import classes from './WeakestPanel.module.css';

export const WeakestFigures = graphql(`
  fragment WeakestFigures on WeakestSegments {
    searched
    rows
    labelledRows
    minimumRows
    confidence
    farOff
    segments {
      conditions {
        column
        label
        low
        high
      }
      rows
      errorRate
      restErrorRate
      gap
      interval {
        low
        high
      }
    }
  }
`);

/** Where the model decides worst: segments of its columns that are surely worse than the rest, the gravest first. */
export function WeakestPanel({ weakest: masked, window }: { weakest: FragmentType<typeof WeakestFigures>; window: string }) {
  const weakest = readFragment(WeakestFigures, masked);
  const names = useColumns();
  const part = weakest.rows < weakest.labelledRows ? `${count(weakest.rows)} of ${count(weakest.labelledRows)}` : count(weakest.rows);
  return (
    <Panel
      title="Weakest segments"
      note={`${count(weakest.searched)} segments of at least ${count(weakest.minimumRows)} rows were searched among ${part} labelled rows, by one column and by two. The intervals hold for all of them together at ${share(weakest.confidence)}. ${window}.`}
    >
      {weakest.segments.length === 0 && (
        <p>{weakest.searched === 0 ? 'There are too few labelled rows to search for segments.' : 'No segment is surely worse than the rest.'}</p>
      )}
      {weakest.segments.length > 0 && (
        <ol className={classes.list}>
          {weakest.segments.map((segment) => (
            <li key={JSON.stringify(segment.conditions)}>
              {weakest.farOff === null ? (
                <>Accuracy is <strong>{share(accuracyOf(segment.errorRate))}</strong> where {conditionsText(segment.conditions, names)}: <span className="dim">{gapText(segment)}</span></>
              ) : (
                <><strong>{share(segment.errorRate)}</strong> are more than {significant(weakest.farOff)} off where {conditionsText(segment.conditions, names)}: <span className="dim">{farOffText(segment)}</span></>
              )}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
