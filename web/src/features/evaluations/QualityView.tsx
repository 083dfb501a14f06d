import { Table } from '@mantine/core';
import { ColumnName } from '../../components/ColumnName';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { Empty } from '../../components/states';
import { readFragment } from '../../gql';
import type { QualityFiguresFragment, ResultFiguresFragment, SpreadFiguresFragment } from '../../gql/graphql';
import { count, measureName, significant } from '../../lib/format';
import { ResultFigures, SpreadFigures } from './fragments';
import { limitText, worst } from './limits';
import { ResultValue, type Origin } from './ResultValue';
import { qualitySentence } from './qualitySentence';
import { useMeasures } from './useMeasures';
import { VerdictMark } from './VerdictMark';
import classes from './QualityView.module.css';

interface Column {
  feature: string;
  missing: ResultFiguresFragment;
  /** Out of range of a number, new categories of a category. */
  unseen: ResultFiguresFragment | null;
  constant: ResultFiguresFragment;
  spread: SpreadFiguresFragment | null;
  baseline: SpreadFiguresFragment | null;
}

/** What the data of a window are like: of the window as a whole, then column by column. */
export function QualityView({ quality, origin }: { quality: QualityFiguresFragment | null; origin: Origin }) {
  if (quality === null) return <Empty title="Not measured then">Data quality is measured from this release on.</Empty>;
  const whole = [
    quality.volume,
    quality.freshness,
    quality.unlikely,
    quality.clockSkew,
    quality.duplicates,
    quality.violations,
  ].flatMap((each) => (each === null ? [] : [readFragment(ResultFigures, each)]));
  const columns: Column[] = quality.columns.map((each) => ({
    feature: each.feature,
    missing: readFragment(ResultFigures, each.missing),
    unseen: readFragment(ResultFigures, each.outOfRange ?? each.newCategories) ?? null,
    constant: readFragment(ResultFigures, each.constant),
    spread: readFragment(SpreadFigures, each.spread) ?? null,
    baseline: readFragment(SpreadFigures, each.baselineSpread) ?? null,
  }));
  return (
    <div className={classes.view}>
      <Whole results={whole} columns={columns} origin={origin} />
      <Columns columns={columns} origin={origin} />
    </div>
  );
}

function Whole({ results, columns, origin }: { results: readonly ResultFiguresFragment[]; columns: readonly Column[]; origin: Origin }) {
  const measures = useMeasures();
  const checks = [
    ...results.map(({ measure, verdict }) => ({ name: (measures.get(measure)?.title ?? measureName(measure)).toLowerCase(), verdict })),
    ...columns.map((column) => ({ name: column.feature, verdict: verdictOf(column) })),
  ];
  return (
    <Panel title={qualitySentence(checks)} note={`The window as a whole. ${origin.window}.`}>
      <Sideways label="Data quality of the window">
        <Table verticalSpacing={8} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Measure</Table.Th>
              <Table.Th>Verdict</Table.Th>
              <Table.Th className="figures">Value</Table.Th>
              <Table.Th className="figures">Passes at</Table.Th>
              <Table.Th className="figures">Rows</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {results.map((result) => (
              <Table.Tr key={result.measure}>
                <Table.Td>
                  {measures.get(result.measure)?.title ?? measureName(result.measure)}
                  <div className="dim small">{result.reason ?? measures.get(result.measure)?.meaning}</div>
                </Table.Td>
                <Table.Td><VerdictMark verdict={result.verdict} /></Table.Td>
                <Table.Td className="figures"><strong><ResultValue result={result} origin={origin} /></strong></Table.Td>
                <Table.Td className="figures">{limitText(result, measures.get(result.measure)?.betterWhen) ?? '–'}</Table.Td>
                <Table.Td className="figures">{count(result.rows)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sideways>
    </Panel>
  );
}

function Columns({ columns, origin }: { columns: readonly Column[]; origin: Origin }) {
  return (
    <Panel title="Columns" note="In the window; the baseline's mean and deviation in grey." isFlush>
      <Sideways label="Data quality by column">
        <Table verticalSpacing={4} highlightOnHover className={classes.columns}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Feature</Table.Th>
              <Table.Th>Verdict</Table.Th>
              <Table.Th className="figures">Missing</Table.Th>
              <Table.Th className="figures">Out of range or new</Table.Th>
              <Table.Th className="figures">Constant</Table.Th>
              <Table.Th className="figures">Mean</Table.Th>
              <Table.Th className="figures">Deviation</Table.Th>
              <Table.Th className="figures">Least</Table.Th>
              <Table.Th className="figures">Greatest</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {columns.map((column) => (
              <Table.Tr key={column.feature}>
                <Table.Td className={classes.feature}><ColumnName name={column.feature} /></Table.Td>
                <Table.Td><VerdictMark verdict={verdictOf(column)} /></Table.Td>
                <Table.Td className="figures"><ResultValue result={column.missing} origin={origin} /></Table.Td>
                <Table.Td className="figures"><ResultValue result={column.unseen} origin={origin} /></Table.Td>
                <Table.Td className="figures"><ResultValue result={column.constant} origin={origin} /></Table.Td>
                <Beside now={column.spread?.mean} before={column.baseline?.mean} />
                <Beside now={column.spread?.deviation} before={column.baseline?.deviation} />
                <Table.Td className="figures">{significant(column.spread?.least)}</Table.Td>
                <Table.Td className="figures">{significant(column.spread?.greatest)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sideways>
    </Panel>
  );
}

function Beside({ now, before }: { now: number | null | undefined; before: number | null | undefined }) {
  return (
    <Table.Td className="figures">
      {significant(now)}
      {typeof before === 'number' && <div className="dim small" title="In the baseline">{significant(before)}</div>}
    </Table.Td>
  );
}

function verdictOf(column: Column): ResultFiguresFragment['verdict'] {
  return worst([column.missing, column.constant, ...(column.unseen ? [column.unseen] : [])]) ?? 'INCONCLUSIVE';
}
