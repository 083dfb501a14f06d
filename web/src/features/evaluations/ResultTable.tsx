import { Table } from '@mantine/core';
import { ColumnName } from '../../components/ColumnName';
import { Panel } from '../../components/Panel';
import { Choice } from '../../components/Choice';
import { useParam } from '../../components/useAsOf';
import type { ResultFiguresFragment } from '../../gql/graphql';
import { count, measureName } from '../../lib/format';
import { intervalText, limitText } from './limits';
import { ResultValue, type Origin } from './ResultValue';
import { useMeasures } from './useMeasures';
import { VerdictMark } from './VerdictMark';

const RANK = { FAIL: 0, INCONCLUSIVE: 1, PASS: 2 } as const;

/** Every finding of an evaluation, the worst first. */
export function ResultTable({ results, origin }: { results: readonly ResultFiguresFragment[]; origin: Origin }) {
  const measures = useMeasures();
  const [verdict, setVerdict] = useParam('verdict', 'notable');
  const shown = results
    .filter((result) => verdict === 'all' || (verdict === 'notable' ? result.verdict !== 'PASS' : result.verdict === verdict))
    .toSorted((left, right) => RANK[left.verdict] - RANK[right.verdict]);
  return (
    <Panel
      title="Findings"
      actions={<Choice name="Which findings" value={verdict} onChoose={setVerdict} options={[['notable', 'Not passed'], ['all', `All ${count(results.length)}`]]} />}
      isFlush
    >
      {shown.length === 0 ? (
        <p className="dim" style={{ padding: '8px 16px 16px' }}>Every check passed.</p>
      ) : (
        <Table verticalSpacing={4} highlightOnHover style={{ minWidth: 720 }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Verdict</Table.Th>
              <Table.Th>Measure</Table.Th>
              <Table.Th>Of</Table.Th>
              <Table.Th className="figures">Value</Table.Th>
              <Table.Th className="figures">Interval</Table.Th>
              <Table.Th className="figures">Passes at</Table.Th>
              <Table.Th className="figures">Rows</Table.Th>
              <Table.Th>Reason</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map((result) => (
              <Table.Tr key={`${result.measure} ${result.subject ?? ''}`}>
                <Table.Td><VerdictMark verdict={result.verdict} /></Table.Td>
                <Table.Td>{measures.get(result.measure)?.title ?? measureName(result.measure)}</Table.Td>
                <Table.Td>{result.subject !== null && <ColumnName name={result.subject} />}</Table.Td>
                <Table.Td className="figures"><ResultValue result={result} origin={origin} /></Table.Td>
                <Table.Td className="figures">{intervalText(result.measure, result.interval)}</Table.Td>
                <Table.Td className="figures">{limitText(result, measures.get(result.measure)?.betterWhen) ?? '–'}</Table.Td>
                <Table.Td className="figures">{count(result.rows)}</Table.Td>
                <Table.Td className="dim small">{result.reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
    </Panel>
  );
}
