import { Table } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { Empty } from '../../components/states';
import { graphql, readFragment } from '../../gql';
import type { AttributeNumbersFiguresFragment, NumbersFiguresFragment, ResultFiguresFragment } from '../../gql/graphql';
import { count, measureName, significant, words } from '../../lib/format';
import { FairnessHeat } from './FairnessHeat';
import { ResultFigures } from './fragments';
import { limitText, worst } from './limits';
import { ResultValue, type Origin } from './ResultValue';
import { useMeasures } from './useMeasures';
import { VerdictMark } from './VerdictMark';
import classes from './FairnessView.module.css';

export const AttributeNumbersFigures = graphql(`
  fragment AttributeNumbersFigures on AttributeNumbers {
    attribute
    heldAgainst
    standardizedMeanDifference {
      ...ResultFigures
    }
    errorParityRatio {
      ...ResultFigures
    }
    groups {
      group
      rows
      labelled
      mean
      meanAbsoluteError
      isLargeEnough
    }
  }
`);

/** Attribute by attribute, where numbers are predicted: what each group is told, and how far off that is. */
export function NumbersFairness({ numbers, results, origin }: {
  numbers: NumbersFiguresFragment;
  results: readonly ResultFiguresFragment[];
  origin: Origin;
}) {
  const attributes = numbers.attributes.map((each) => readFragment(AttributeNumbersFigures, each));
  if (attributes.length === 0) {
    return <Empty title="No group attribute is watched">The version&rsquo;s signature names the attributes whose groups are compared.</Empty>;
  }
  return (
    <div className={classes.view}>
      <FairnessHeat results={results} attributes={attributes.map((each) => each.attribute)} origin={origin} />
      {attributes.map((each) => <AttributePanel key={each.attribute} of={each} unit={numbers.unit} origin={origin} />)}
    </div>
  );
}

function AttributePanel({ of, unit, origin }: { of: AttributeNumbersFiguresFragment; unit: string | null; origin: Origin }) {
  const measures = useMeasures();
  const results = [readFragment(ResultFigures, of.errorParityRatio), readFragment(ResultFigures, of.standardizedMeanDifference)];
  const verdict = worst(results);
  const inUnit = unit ? `, ${unit}` : '';
  return (
    <Panel title={words(of.attribute)} note={`Held against ${of.heldAgainst}. ${origin.window}.`} actions={verdict && <VerdictMark verdict={verdict} />}>
      <div className={classes.two}>
        <Sideways label={`Groups of ${of.attribute}`}>
          <Table verticalSpacing={4} className={classes.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Group</Table.Th>
                <Table.Th className="figures">Rows</Table.Th>
                <Table.Th className="figures">Predicted on average{inUnit}</Table.Th>
                <Table.Th className="figures">Off on average{inUnit}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {of.groups.map((group) => (
                <Table.Tr key={group.group} data-small={!group.isLargeEnough}>
                  <Table.Td>
                    {group.group}
                    {!group.isLargeEnough && <div className="dim small">too few to compare</div>}
                  </Table.Td>
                  <Table.Td className="figures">
                    {count(group.rows)}
                    <div className="dim small">{count(group.labelled)} labelled</div>
                  </Table.Td>
                  <Table.Td className="figures">{significant(group.mean)}</Table.Td>
                  <Table.Td className="figures">{significant(group.meanAbsoluteError)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Sideways>
        <Sideways label={`Parity measures of ${of.attribute}`}>
          <Table verticalSpacing={4} className={classes.table}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Measure</Table.Th>
                <Table.Th className="figures">Value</Table.Th>
                <Table.Th className="figures">Passes at</Table.Th>
                <Table.Th>Verdict</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {results.map((result) => (
                <Table.Tr key={result.measure}>
                  <Table.Td>
                    {measures.get(result.measure)?.title ?? measureName(result.measure)}
                    {result.reason && <div className="dim small">{result.reason}</div>}
                  </Table.Td>
                  <Table.Td className="figures"><ResultValue result={result} origin={origin} /></Table.Td>
                  <Table.Td className="figures">{limitText(result, measures.get(result.measure)?.betterWhen) ?? '–'}</Table.Td>
                  <Table.Td><VerdictMark verdict={result.verdict} /></Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Sideways>
      </div>
    </Panel>
  );
}
