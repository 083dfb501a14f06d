import { Table } from '@mantine/core';
import { ColumnName } from '../../components/ColumnName';
import { Panel } from '../../components/Panel';
import { readFragment, type FragmentType } from '../../gql';
import { measureName } from '../../lib/format';
import { DriftOfAllFigures, ResultFigures } from './fragments';
import { ResultValue, type Origin } from './ResultValue';
import { SEVERITIES } from './severities';
import { useMeasures } from './useMeasures';
import { VerdictMark } from './VerdictMark';
import classes from './DriftOfAllPanel.module.css';

/** All features together: the drift score, whole rows where they are measured, and what moved by more than chance. */
export function DriftOfAllPanel({ given, origin }: { given: FragmentType<typeof DriftOfAllFigures> | null | undefined; origin: Origin }) {
  const known = useMeasures();
  const ofAll = readFragment(DriftOfAllFigures, given);
  if (!ofAll || (ofAll.results.length === 0 && ofAll.tests === null)) return null;
  const results = ofAll.results.map((each) => readFragment(ResultFigures, each));
  return (
    <Panel title="All features together" note={ofAll.tests?.sentence} isFlush={results.length > 0}>
      {results.length > 0 && (
        <Table verticalSpacing={4}>
          <Table.Tbody>
            {results.map((result) => {
              const measure = known.get(result.measure);
              const name = measure?.title ?? measureName(result.measure);
              return (
                <Table.Tr key={result.measure}>
                  <Table.Th scope="row">{name}{measure && <div className={`dim small ${classes.said}`}>{measure.meaning}</div>}{result.value === null && <div className={`small ${classes.said}`}>{result.reason}</div>}</Table.Th>
                  <Table.Td className="figures"><ResultValue result={result} origin={origin} /></Table.Td>
                  <Table.Td>{result.severity === null ? <span className="dim">–</span> : SEVERITIES[result.severity].word}</Table.Td>
                  <Table.Td><VerdictMark verdict={result.verdict} /></Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </Table>
      )}
      {ofAll.tests !== null && ofAll.tests.drifted.length > 0 && (
        <p className="dim small" style={{ padding: '0 16px 12px' }}>
          By more than chance: {ofAll.tests.drifted.map((each, place) => <span key={each}>{place > 0 && ', '}<ColumnName name={each} /></span>)}. How far each moved stands below.
        </p>
      )}
    </Panel>
  );
}
