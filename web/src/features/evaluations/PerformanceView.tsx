import { Table } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { Empty } from '../../components/states';
import type { ResultFiguresFragment } from '../../gql/graphql';
import { count, measureName } from '../../lib/format';
import { PerformanceScale } from './PerformanceScale';
import { changeText, limitText, valueText } from './limits';
import { ResultValue, type Origin } from './ResultValue';
import { useMeasures } from './useMeasures';
import { VerdictMark } from './VerdictMark';
import classes from './FairnessView.module.css';

/** How well decisions or predictions agree with the labels that have come, against the baseline. */
export function PerformanceView({ performance: all, origin }: { performance: readonly ResultFiguresFragment[]; origin: Origin }) {
  const measures = useMeasures();
  const performance = all.filter((each) => each.measure !== 'business_value'); // in a unit of its own, in a panel of its own
  if (performance.length === 0) {
    return <Empty title="No performance yet">It is measured from labels; send them when the truth is known.</Empty>;
  }
  return (
    <Panel title="Performance" note={`From the labels that have come; what is estimated, from scores. ${origin.window}.`}>
      <Sideways label="Performance">
        <Table verticalSpacing={8} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Measure</Table.Th>
              <Table.Th className="figures">Value</Table.Th>
              <Table.Th className={classes.rate}>Against baseline and limit</Table.Th>
              <Table.Th className="figures">Baseline</Table.Th>
              <Table.Th className="figures">Change</Table.Th>
              <Table.Th className="figures">Passes at</Table.Th>
              <Table.Th className="figures">Rows</Table.Th>
              <Table.Th>Verdict</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {performance.map((result) => (
              <Table.Tr key={result.measure}>
                <Table.Td>
                  {measures.get(result.measure)?.title ?? measureName(result.measure)}
                  {result.reason && <div className="dim small">{result.reason}</div>}
                </Table.Td>
                <Table.Td className="figures"><strong><ResultValue result={result} origin={origin} /></strong></Table.Td>
                <Table.Td><PerformanceScale {...result} /></Table.Td>
                <Table.Td className="figures">{valueText(result.measure, result.baseline)}</Table.Td>
                <Table.Td className="figures">{result.value === null || result.baseline === null ? '–' : changeText(result.measure, result.value - result.baseline)}</Table.Td>
                <Table.Td className="figures">{limitText(result, measures.get(result.measure)?.betterWhen) ?? '–'}</Table.Td>
                <Table.Td className="figures">{count(result.rows)}</Table.Td>
                <Table.Td><VerdictMark verdict={result.verdict} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sideways>
    </Panel>
  );
}
