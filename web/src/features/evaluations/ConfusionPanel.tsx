import type { CSSProperties } from 'react';
import { Table } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { graphql, readFragment, type FragmentType } from '../../gql';
import type { ConfusionFiguresFragment } from '../../gql/graphql';
import { count, interval, measured, plural, share } from '../../lib/format';
import { confusedMost } from './confusedMost';
import own from './ConfusionPanel.module.css';

export const ConfusionFigures = graphql(`
  fragment ConfusionFigures on ConfusionMatrices {
    classes
    current {
      labelled
      counts
      rates {
        labels
        decisions
        precision
        precisionInterval {
          low
          high
        }
        recall
        recallInterval {
          low
          high
        }
      }
    }
    baseline {
      labelled
      rates {
        precision
        recall
      }
    }
  }
`);

const WIDEST = 12;
const MOST_NAMED = 10;

/** How often each class was decided as which, and how each fared; of many classes the worst confusions instead of a matrix. */
export function ConfusionPanel({ confusions: masked, window }: { confusions: FragmentType<typeof ConfusionFigures> | null; window: string }) {
  const confusions = readFragment(ConfusionFigures, masked);
  if (!confusions) return null;
  const { classes, current } = confusions;
  if (current.labelled === 0) {
    return <Panel title="Decided as" note={window}><p className="dim">No labels have come for this window, so nobody knows which decisions were right.</p></Panel>;
  }
  return (
    <Panel title="Decided as" note={`${plural(current.labelled, 'labelled row')}; the darker, the more of a class. ${window}.`}>
      <div className={own.both}>
        <div>{classes.length <= WIDEST ? <Matrix classes={classes} counts={current.counts} /> : <Worst classes={classes} counts={current.counts} />}</div>
        <div><Rates confusions={confusions} /></div>
      </div>
    </Panel>
  );
}

function Matrix({ classes, counts }: { classes: readonly string[]; counts: readonly (readonly number[])[] }) {
  const hasNone = counts.some((row) => (row[classes.length] ?? 0) > 0);
  const columns = hasNone ? [...classes, 'no decision'] : classes;
  return (
    <Sideways label="Labels by decision">
      <table className={own.matrix}>
        <thead>
          <tr>
            <th scope="col">Was, by label</th>
            {columns.map((name, code) => <th key={code} scope="col">Decided {name}</th>)}
          </tr>
        </thead>
        <tbody>
          {classes.map((name, code) => {
            const row = counts[code] ?? [];
            const all = row.reduce((sum, each) => sum + each, 0);
            return (
              <tr key={name}>
                <th scope="row">{name}</th>
                {columns.map((_, decided) => {
                  const rows = row[decided] ?? 0;
                  return (
                    <td key={decided} data-right={decided === code} style={{ '--shade': all === 0 ? 0 : rows / all } as CSSProperties}>
                      {count(rows)}
                      <span className="dim small">{all === 0 ? '' : ` ${share(rows / all)} of it`}</span>
                    </td>
                  );
                })}
              </tr>
            );
          })}
        </tbody>
      </table>
    </Sideways>
  );
}

function Worst({ classes, counts }: { classes: readonly string[]; counts: readonly (readonly number[])[] }) {
  const worst = confusedMost(classes, counts, MOST_NAMED);
  if (worst.length === 0) return <p>Every class was decided as itself.</p>;
  return (
    <ol className={own.worst} aria-label="What was taken for something else most often">
      {worst.map((each) => (
        <li key={JSON.stringify([each.label, each.decision])}>
          <strong>{each.label}</strong> decided as <strong>{each.decision}</strong>: {plural(each.rows, 'row')}, <span className="dim">{share(each.share)} of it</span>
        </li>
      ))}
    </ol>
  );
}

function Rates({ confusions: { classes, current, baseline } }: { confusions: ConfusionFiguresFragment }) {
  return (
    <Sideways label="How each class fared">
      <Table verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Class</Table.Th>
            <Table.Th className="figures">Labels</Table.Th>
            <Table.Th className="figures">Precision</Table.Th>
            <Table.Th className="figures">before</Table.Th>
            <Table.Th className="figures">Recall</Table.Th>
            <Table.Th className="figures">before</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {classes.map((name, code) => {
            const now = current.rates[code];
            const then = baseline.rates[code];
            return (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td className="figures">{count(now?.labels)}</Table.Td>
                <Table.Td className="figures">{measured(now?.precision)}<Between ends={now?.precisionInterval} /></Table.Td>
                <Table.Td className="figures dim">{measured(then?.precision)}</Table.Td>
                <Table.Td className="figures">{measured(now?.recall)}<Between ends={now?.recallInterval} /></Table.Td>
                <Table.Td className="figures dim">{measured(then?.recall)}</Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Sideways>
  );
}

function Between({ ends }: { ends: { low: number; high: number } | null | undefined }) {
  return ends ? <div className="dim small">{interval(ends, 3)}</div> : null;
}
