import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { ColumnName } from '../../components/ColumnName';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Sideways } from '../../components/Sideways';
import { Loaded, LoadingBlock } from '../../components/states';
import { useAsOf, useParam } from '../../components/useAsOf';
import { useColumns } from '../../components/useColumns';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { count, measured, measureName } from '../../lib/format';
import { day, windowText } from '../../lib/time';
import { toHeat, type HeatCell } from './heat';
import { SEVERITIES } from './severities';
import classes from './DriftHistory.module.css';

const DriftOverWindows = graphql(`
  query DriftOverWindows($id: ID!, $measure: String!, $name: String, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      driftHistory(measure: $measure, name: $name) {
        measure
        evaluationIds
        windowStarts
        windowEnds
        subjects
        subjectCount
        values
        severities
        verdicts
      }
    }
  }
`);

const PSI = 'population_stability_index';
const MEASURES = [PSI, 'jensen_shannon_distance', 'kolmogorov_smirnov'];
const MANY = 20;

/** Features and outputs by recorded windows: when each began to move, and how gravely. A click shows that window. */
export function DriftHistory({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [, setFeature] = useParam('feature');
  const [measure, setMeasure] = useParam('measure', PSI);
  const [filter, setFilter] = useState('');
  const [name, setName] = useState('');
  const { titleOf } = useColumns();
  const [result, readAgain] = useKeptQuery({
    query: DriftOverWindows,
    variables: { id: modelId, measure: MEASURES.includes(measure) ? measure : PSI, name: name || null, asOf },
  });
  return (
    <Panel
      title="Drift over recorded windows"
      note="The darker, the graver: M medium, H high, C critical, by the plan's bands. Choose a window for its evaluation."
      actions={
        <Select
          size="xs"
          w={190}
          aria-label="Measure"
          allowDeselect={false}
          data={MEASURES.map((each) => ({ value: each, label: measureName(each) }))}
          value={MEASURES.includes(measure) ? measure : PSI}
          onChange={(value) => setMeasure(value ?? PSI)}
        />
      }
    >
      <Loaded
        what="The recorded windows"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<LoadingBlock height={220} />}
        isEmpty={(data) => (data.model?.driftHistory.evaluationIds.length ?? 0) < 2}
        empty={<p className="dim">A second recorded window makes this a picture over time.</p>}
      >
        {({ model }) => model && (
          <>
            {(model.driftHistory.subjectCount > MANY || filter !== '') && (
              <TextInput
                size="xs"
                mb={8}
                maw={380}
                aria-label="Filter features"
                placeholder={`Filter ${count(model.driftHistory.subjects.length)} of ${count(model.driftHistory.subjectCount)}, the gravest first${model.driftHistory.subjectCount > model.driftHistory.subjects.length ? '; Enter looks in all' : ''}`}
                value={filter}
                onChange={(event) => {
                  setFilter(event.currentTarget.value);
                  setName('');
                }}
                onKeyDown={(event) => {
                  if (event.key === 'Enter') setName(filter.trim());
                }}
              />
            )}
            <Sideways label="Drift by feature and window">
              <table className={classes.heat}>
                <colgroup><col className={classes.names} /></colgroup>
                <thead className="visually-hidden">
                  <tr>
                    <th>Feature</th>
                    {model.driftHistory.windowEnds.map((end, window) => <th key={model.driftHistory.evaluationIds[window]}>window to {day(end)}</th>)}
                  </tr>
                </thead>
                <tbody>
                  {toHeat(model.driftHistory, filter, titleOf).map((row) => (
                    <tr key={row.subject}>
                      <th scope="row">
                        <button type="button" className={classes.feature} onClick={() => setFeature(row.subject)}><ColumnName name={row.subject} /></button>
                      </th>
                      {row.cells.map((cell) => {
                        const window = windowText(model.driftHistory.windowStarts[cell.window] ?? '', model.driftHistory.windowEnds[cell.window] ?? '');
                        return (
                          <td key={cell.evaluationId} data-severity={cell.severity}>
                            <PlaceLink to={`${paths.evaluation(cell.evaluationId)}?feature=${encodeURIComponent(row.subject)}`} className={classes.cell} title={`${titleOf(row.subject)}, ${window}: ${told(cell)}`}>
                              <span aria-hidden>{cell.severity === null ? (cell.value === null ? '' : '·') : SEVERITIES[cell.severity].sign}</span>
                              <span className="visually-hidden">{told(cell)}</span>
                            </PlaceLink>
                          </td>
                        );
                      })}
                    </tr>
                  ))}
                </tbody>
                <tfoot aria-hidden>
                  <tr>
                    <td />
                    <td colSpan={model.driftHistory.evaluationIds.length} className={classes.ends}>
                      <span>window to {day(model.driftHistory.windowEnds[0])}</span>
                      <span>{day(model.driftHistory.windowEnds.at(-1))}</span>
                    </td>
                  </tr>
                </tfoot>
              </table>
            </Sideways>
          </>
        )}
      </Loaded>
    </Panel>
  );
}

function told(cell: HeatCell): string {
  if (cell.value === null) return 'not measured';
  const severity = cell.severity === null ? 'too few rows' : SEVERITIES[cell.severity].word.toLowerCase();
  return `${measured(cell.value)}, ${severity}${cell.hasFailed ? ', beyond its limit' : ''}`;
}
