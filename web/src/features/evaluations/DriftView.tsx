import { Table, UnstyledButton } from '@mantine/core';
import { ColumnName } from '../../components/ColumnName';
import { MeaningMark } from '../../components/Meaning';
import { Panel } from '../../components/Panel';
import { Empty } from '../../components/states';
import { useParam } from '../../components/useAsOf';
import type { DriftFiguresFragment, ResultFiguresFragment } from '../../gql/graphql';
import { plural } from '../../lib/format';
import { readFragment } from '../../gql';
import { DistributionChart } from './DistributionChart';
import { ResultFigures } from './fragments';
import { worst } from './limits';
import { gravest, SEVERITIES } from './severities';
import { ResultValue, type Origin } from './ResultValue';
import { VerdictMark } from './VerdictMark';
import classes from './DriftView.module.css';

interface Row {
  drift: DriftFiguresFragment;
  psi: ResultFiguresFragment;
  /** Those of its measures that there are. */
  results: readonly ResultFiguresFragment[];
}

/** Features by how far they moved; one of them, in the address, with its distribution against the baseline. */
export function DriftView({ drift, origin }: { drift: readonly DriftFiguresFragment[]; origin: Origin }) {
  const [feature, setFeature] = useParam('feature');
  const rows: Row[] = drift
    .map((each) => {
      const psi = readFragment(ResultFigures, each.psi);
      const others = [readFragment(ResultFigures, each.jensenShannon), readFragment(ResultFigures, each.kolmogorovSmirnov)];
      return { drift: each, psi, results: [psi, ...others.filter((other) => other !== null)] };
    })
    .toSorted((left, right) => (right.psi.value ?? -1) - (left.psi.value ?? -1));
  const selected = rows.find((row) => row.drift.feature === feature) ?? rows[0];
  if (selected === undefined) return <Empty title="No feature is compared yet">Drift is measured against the version&rsquo;s baseline.</Empty>;
  const moved = rows.filter((row) => worst(row.results) === 'FAIL');
  const top = Math.max(0.3, ...rows.map((row) => row.psi.value ?? 0));
  return (
    <div className={classes.view}>
      <Panel
        title={moved.length === 0 ? `None of ${plural(rows.length, 'feature')} moved beyond its limits` : `${moved.length} of ${plural(rows.length, 'feature')} moved beyond a limit`}
        note={`The most moved first. ${origin.window}.`}
        isFlush
      >
        <Table className={classes.table} verticalSpacing={4} highlightOnHover>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Feature</Table.Th>
              <Table.Th className={classes.barHead}>PSI</Table.Th>
              <Table.Th className="figures"><span className="visually-hidden">PSI value</span></Table.Th>
              <Table.Th className={`figures ${classes.wide}`}>Jensen-Shannon</Table.Th>
              <Table.Th className={`figures ${classes.wide}`}>KS</Table.Th>
              <Table.Th>Change</Table.Th>
              <Table.Th>Verdict</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ drift: each, psi, results }) => (
              <Table.Tr key={each.feature} data-selected={each === selected.drift} onClick={() => setFeature(each.feature)}>
                <Table.Td>
                  <UnstyledButton className={classes.feature} aria-pressed={each === selected.drift}><ColumnName name={each.feature} /></UnstyledButton>
                </Table.Td>
                <Table.Td className={classes.barCell} aria-hidden>
                  <div className={classes.bar} data-verdict={psi.verdict}>
                    <i style={{ width: `${((psi.value ?? 0) / top) * 100}%` }} />
                    {psi.limit !== null && <b style={{ left: `${(psi.limit / top) * 100}%` }} />}
                  </div>
                </Table.Td>
                <Table.Td className="figures"><ResultValue result={psi} origin={origin} /></Table.Td>
                <Table.Td className={`figures ${classes.wide}`}><ResultValue result={readFragment(ResultFigures, each.jensenShannon)} origin={origin} /></Table.Td>
                <Table.Td className={`figures ${classes.wide}`}><ResultValue result={readFragment(ResultFigures, each.kolmogorovSmirnov)} origin={origin} /></Table.Td>
                <Table.Td><SeverityWord results={results} /></Table.Td>
                <Table.Td><VerdictMark verdict={worst(results) ?? 'INCONCLUSIVE'} /></Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Panel>
      <div className={classes.detail}>
        <DistributionChart feature={selected.drift.feature} distribution={selected.drift.distribution} reason={selected.psi.reason} />
      </div>
    </div>
  );
}

/** How grave the change is by the measure that finds it gravest. */
function SeverityWord({ results }: { results: readonly ResultFiguresFragment[] }) {
  const severity = gravest(results.map((each) => each.severity));
  if (severity === null) return <span className="dim">–</span>;
  const { word, meaning } = SEVERITIES[severity];
  if (meaning === null) return <span className="dim">{word}</span>;
  return <MeaningMark isQuiet meaning={meaning}>{word}</MeaningMark>;
}
