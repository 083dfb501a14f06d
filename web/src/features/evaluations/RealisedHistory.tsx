import { Select, Table } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../components/Panel';
import { PlaceLink } from '../../components/PlaceLink';
import { paths } from '../../components/paths';
import { Sideways } from '../../components/Sideways';
import { Loaded, LoadingBlock } from '../../components/states';
import { useAsOf } from '../../components/useAsOf';
import { useKeptQuery } from '../../components/useKeptQuery';
import { graphql } from '../../gql';
import { share } from '../../lib/format';
import { windowText } from '../../lib/time';
import { intervalText, valueText } from './limits';
import { RealisedChart } from './RealisedChart';
import { realisedPoints, type Side } from './realisedPoints';
import own from './CurvePanel.module.css';

const PerformanceOverWindows = graphql(`
  query PerformanceOverWindows($id: ID!, $asOf: AsOf) {
    model(id: $id, asOf: $asOf) {
      id
      performanceHistory {
        evaluationIds
        windowStarts
        windowEnds
        labelCoverages
        measures {
          measure
          realised
          realisedIntervals {
            low
            high
          }
          estimated
          estimatedIntervals {
            low
            high
          }
        }
      }
    }
  }
`);

const NAMES: Record<string, string> = {
  accuracy: 'Accuracy',
  roc_auc: 'ROC AUC',
  mean_absolute_error: 'Mean absolute error',
  root_mean_squared_error: 'Root mean squared error',
};

/** Window by window: how well the model decided, and what its scores had let expect before labels came. */
export function RealisedHistory({ modelId }: { modelId: string }) {
  const { asOf } = useAsOf();
  const [chosen, setMeasure] = useState<string | null>(null);
  const [result, readAgain] = useKeptQuery({ query: PerformanceOverWindows, variables: { id: modelId, asOf } });
  const measures = result.data?.model?.performanceHistory.measures.map((each) => each.measure) ?? ['accuracy', 'roc_auc'];
  const measure = chosen ?? measures[0] ?? 'accuracy';
  const name = NAMES[measure] ?? measure;
  return (
    <Panel
      title="Realised and estimated over recorded windows"
      note={
        <span className={own.key}>
          <span><i className={own.now} /> realised, from labels</span>
          <span><i className={own.expected} /> estimated, from scores</span>
          <span>bands are intervals, grey is without labels</span>
        </span>
      }
      actions={
        <Select
          size="xs"
          w={200}
          aria-label="Measure"
          allowDeselect={false}
          data={measures.map((value) => ({ value, label: NAMES[value] ?? value }))}
          value={measure}
          onChange={setMeasure}
        />
      }
    >
      <Loaded
        what="The recorded windows"
        result={result}
        onRetry={() => readAgain({ requestPolicy: 'network-only' })}
        loading={<LoadingBlock height={260} />}
        isEmpty={(data) => !data.model?.performanceHistory.measures.some((each) => each.measure === measure && [...each.realised, ...each.estimated].some((value) => value !== null))}
        empty={<p className="dim">No recorded window has told it yet: it takes labels, or a plan that measures the estimate.</p>}
      >
        {({ model }) => {
          const points = model ? realisedPoints(model.performanceHistory, measure) : [];
          return (
            <>
              <RealisedChart points={points} measure={measure} name={name} />
              <details>
                <summary className="dim small">The same as a table</summary>
                <Sideways label={`${name} by window`}>
                  <Table verticalSpacing={2}>
                    <Table.Thead>
                      <Table.Tr>
                        <Table.Th>Window</Table.Th>
                        <Table.Th className="figures">Realised</Table.Th>
                        <Table.Th className="figures">Interval</Table.Th>
                        <Table.Th className="figures">Estimated</Table.Th>
                        <Table.Th className="figures">Interval</Table.Th>
                        <Table.Th className="figures">Share labelled</Table.Th>
                      </Table.Tr>
                    </Table.Thead>
                    <Table.Tbody>
                      {points.toReversed().map((point) => (
                        <Table.Tr key={point.evaluationId}>
                          <Table.Td><PlaceLink to={paths.evaluation(point.evaluationId)}>{windowText(point.windowStart, point.windowEnd)}</PlaceLink></Table.Td>
                          <Table.Td className="figures">{valueText(measure, point.realised.value)}</Table.Td>
                          <Table.Td className="figures">{intervalOf(measure, point.realised)}</Table.Td>
                          <Table.Td className="figures">{valueText(measure, point.estimated.value)}</Table.Td>
                          <Table.Td className="figures">{intervalOf(measure, point.estimated)}</Table.Td>
                          <Table.Td className="figures">{share(point.labelCoverage)}</Table.Td>
                        </Table.Tr>
                      ))}
                    </Table.Tbody>
                  </Table>
                </Sideways>
              </details>
            </>
          );
        }}
      </Loaded>
    </Panel>
  );
}

function intervalOf(measure: string, { low, high }: Side): string {
  return intervalText(measure, low === null || high === null ? null : { low, high });
}
