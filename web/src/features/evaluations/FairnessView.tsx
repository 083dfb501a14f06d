import { Table } from '@mantine/core';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { Empty } from '../../components/states';
import { readFragment } from '../../gql';
import type { FairnessFiguresFragment, ResultFiguresFragment } from '../../gql/graphql';
import { count, measureName, words } from '../../lib/format';
import { FairnessHeat } from './FairnessHeat';
import { ResultFigures } from './fragments';
import { GroupWhisker } from './GroupWhisker';
import { limitText, worst } from './limits';
import { ResultValue, type Origin } from './ResultValue';
import { useMeasures } from './useMeasures';
import { VerdictMark } from './VerdictMark';
import classes from './FairnessView.module.css';

/** Attribute by attribute: the groups with their intervals, and the parity measures with their verdicts. */
export function FairnessView({ fairness, results, origin }: {
  fairness: readonly FairnessFiguresFragment[];
  results: readonly ResultFiguresFragment[];
  origin: Origin;
}) {
  if (fairness.length === 0) {
    return <Empty title="No group attribute is watched">The version&rsquo;s signature names the attributes whose groups are compared.</Empty>;
  }
  return (
    <div className={classes.view}>
      <FairnessHeat results={results} attributes={fairness.map((each) => each.attribute)} origin={origin} />
      {fairness.map((each) => <AttributePanel key={each.attribute} fairness={each} origin={origin} />)}
    </div>
  );
}

function AttributePanel({ fairness, origin }: { fairness: FairnessFiguresFragment; origin: Origin }) {
  const measures = useMeasures();
  const results: ResultFiguresFragment[] = [
    readFragment(ResultFigures, fairness.demographicParityRatio),
    readFragment(ResultFigures, fairness.demographicParityDifference),
    readFragment(ResultFigures, fairness.equalOpportunityRatio),
    readFragment(ResultFigures, fairness.equalOpportunityDifference),
  ];
  const verdict = worst(results);
  return (
    <Panel
      title={words(fairness.attribute)}
      note={`Rates with their intervals on the range from 0 to 1. Held against ${fairness.heldAgainst}. ${origin.window}.`}
      actions={verdict && <VerdictMark verdict={verdict} />}
    >
      <div className={classes.two}>
        <div>
          <Sideways label={`Groups of ${fairness.attribute}`}>
            <Table verticalSpacing={4} className={classes.table}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>Group</Table.Th>
                  <Table.Th className="figures">Rows</Table.Th>
                  <Table.Th className={classes.rate}>Selected (share decided positive)</Table.Th>
                  <Table.Th className={classes.rate}>Found (share of true positives)</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {fairness.groups.map((group) => (
                  <Table.Tr key={group.group} data-small={!group.isLargeEnough}>
                    <Table.Td>{group.group}</Table.Td>
                    <Table.Td className="figures">
                      {count(group.rows)}
                      <div className="dim small">{count(group.labelled)} labelled</div>
                    </Table.Td>
                    <Table.Td><GroupWhisker value={group.selectionRate} interval={group.selectionInterval} isLargeEnough={group.isLargeEnough} /></Table.Td>
                    <Table.Td><GroupWhisker value={group.truePositiveRate} interval={group.truePositiveInterval} isLargeEnough={group.isLargeEnough} /></Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Sideways>
        </div>
        <div>
          <Sideways label={`Parity measures of ${fairness.attribute}`}>
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
      </div>
    </Panel>
  );
}
