import type { CSSProperties } from 'react';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { Loaded, LoadingBlock } from '../../components/states';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql, readFragment } from '../../gql';
import { measured } from '../../lib/format';
import { day } from '../../lib/time';
import { ResultFigures } from './fragments';
import { shadeOf, toHeat } from './heat';
import classes from './DriftHistory.module.css';

const DriftOverEvaluations = graphql(`
  query DriftOverEvaluations($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      evaluations(first: 24) {
        nodes {
          id
          state
          windowEnd
          drift {
            feature
            psi {
              ...ResultFigures
            }
          }
        }
      }
    }
  }
`);

/** Features by recorded evaluations: when each began to move. The darker, the further; a dot where the limit is passed. */
export function DriftHistory({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [, setFeature] = useParam('feature');
  const [result, readAgain] = useKeptQuery({ query: DriftOverEvaluations, variables: { id: modelId, asOf } });
  const completed = (result.data?.model?.evaluations.nodes ?? []).filter((each) => each.state === 'COMPLETED');
  const heat = toHeat(
    completed.toReversed().map((each) => ({
      id: each.id,
      windowEnd: each.windowEnd,
      drift: each.drift.map(({ feature, psi }) => ({ feature, psi: readFragment(ResultFigures, psi) })),
    })),
  );
  return (
    <Panel title="Drift over recorded evaluations" note="PSI of each feature; the darker, the further from the baseline, with a dot where its limit is passed.">
      <Loaded
        what="The recorded evaluations"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<LoadingBlock height={220} />}
        isEmpty={() => heat.columns.length < 2}
        empty={<p className="dim">A second recorded evaluation makes this a picture over time.</p>}
      >
        {() => (
          <Sideways label="PSI by feature and evaluation">
            <table className={classes.heat}>
              <colgroup><col className={classes.names} /></colgroup>
              <thead className="visually-hidden">
                <tr>
                  <th>Feature</th>
                  {heat.columns.map((column) => <th key={column.id}>{day(column.windowEnd)}</th>)}
                </tr>
              </thead>
              <tbody>
                {heat.rows.map((row) => (
                  <tr key={row.feature}>
                    <th scope="row">
                      <button type="button" className={classes.feature} onClick={() => setFeature(row.feature)}>{row.feature}</button>
                    </th>
                    {row.cells.map((cell, column) => (
                      <td
                        key={heat.columns[column]?.id}
                        data-failed={cell?.verdict === 'FAIL'}
                        style={{ '--shade': shadeOf(cell?.value ?? null, cell?.limit ?? null) } as CSSProperties}
                        title={`${row.feature}, window to ${day(heat.columns[column]?.windowEnd)}: ${measured(cell?.value)}`}
                      >
                        <span className="visually-hidden">{measured(cell?.value)}</span>
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
              <tfoot aria-hidden>
                <tr>
                  <td />
                  <td colSpan={heat.columns.length} className={classes.ends}>
                    <span>window to {day(heat.columns[0]?.windowEnd)}</span>
                    <span>{day(heat.columns.at(-1)?.windowEnd)}</span>
                  </td>
                </tr>
              </tfoot>
            </table>
          </Sideways>
        )}
      </Loaded>
    </Panel>
  );
}
