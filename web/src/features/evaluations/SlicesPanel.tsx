import { Table } from '@mantine/core';
import { Shape } from '../../components/Meaning';
import { VERDICTS } from '../../components/meanings';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { useColumns } from '../../components/useColumns';
import { graphql, readFragment, type FragmentType } from '../../gql';
import type { ResultFiguresFragment, SliceFiguresFragment } from '../../gql/graphql';
import { count, measureName, share } from '../../lib/format';
import { sliceText } from '../../lib/sliceText';
import { ResultFigures } from './fragments';
import { GroupWhisker } from './GroupWhisker';
import { Judged } from './Judged';
import type { Origin } from './ResultValue';
import { SliceContrast } from './SliceContrast';
import { slicesSentence } from './slicesSentence';
import { useMeasures } from './useMeasures';
import { VerdictMark } from './VerdictMark';
import classes from './SlicesPanel.module.css';

export const SliceFigures = graphql(`
  fragment SliceFigures on SliceResults {
    name
    conditions {
      column
      values
      low
      high
    }
    rows
    rowShare
    labelledRows
    labelsReason
    selectionRate
    selectionInterval {
      low
      high
    }
    verdict
    results {
      ...ResultFigures
    }
    baselineRows
    baselineReason
    drift {
      ...SliceContrastFigures
    }
    fairness {
      ...SliceContrastFigures
    }
  }
`);

const NO_ROWS = 'no rows to tell it from';

/** The parts of the rows that the plan wants measured by themselves: who is in them, who is selected, how well they are decided. */
export function SlicesPanel({ slices: masked, origin, title = 'Slices' }: {
  slices: readonly FragmentType<typeof SliceFigures>[];
  origin: Origin;
  title?: string;
}) {
  const slices = masked.map((each) => readFragment(SliceFigures, each));
  const measures = useMeasures();
  const names = useColumns();
  if (slices.length === 0) return null;
  const hasDrift = slices.some((slice) => slice.drift !== null || slice.baselineReason !== null);
  const hasFairness = slices.some((slice) => slice.fairness !== null);
  const shown = [...new Set(slices.flatMap((slice) => slice.results.map((each) => readFragment(ResultFigures, each).measure)))].filter((measure) => measure !== 'volume');
  const decides = slices.some((slice) => slice.selectionRate !== null) || slices.every((slice) => slice.rows === 0);
  return (
    <Panel title={title} note={`${slicesSentence(slices)} Each is held to what the plan asks of the whole version${hasDrift ? ', its drift to the baseline’s rows of the slice' : ''}; the intervals of a measure hold for all slices together. ${origin.window}.`}>
      <Sideways label={title}>
        <Table verticalSpacing={8} className={classes.table}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Slice</Table.Th>
              <Table.Th>Verdict</Table.Th>
              <Table.Th className="figures">Rows</Table.Th>
              {decides && <Table.Th className={classes.rate}>Selected (share decided positive)</Table.Th>}
              {hasDrift && <Table.Th className={classes.contrast}>Drift within</Table.Th>}
              {hasFairness && <Table.Th className={classes.contrast}>Fairness within</Table.Th>}
              {shown.map((measure) => <Table.Th key={measure} className="figures">{measures.get(measure)?.title ?? measureName(measure)}</Table.Th>)}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {slices.map((slice) => (
              <Table.Tr key={slice.name}>
                <Table.Th scope="row" className={classes.name}>
                  {slice.name}
                  <div className="dim small">{sliceText(slice.conditions, names)}</div>
                </Table.Th>
                <Table.Td>{slice.verdict === null ? <span className="dim">no rows</span> : <VerdictMark verdict={slice.verdict} />}</Table.Td>
                <Table.Td className="figures">
                  <Judged result={resultOf(slice, 'volume')} origin={origin} />
                  {slice.rowShare !== null && <div className="dim small">{share(slice.rowShare)} of all</div>}
                  <div className="dim small" title={slice.labelsReason ?? undefined}>{slice.labelsReason === null ? `${count(slice.labelledRows)} labelled` : 'labels not told'}</div>
                </Table.Td>
                {decides && <Table.Td><GroupWhisker value={slice.selectionRate} interval={slice.selectionInterval} isLargeEnough /></Table.Td>}
                {hasDrift && <Table.Td><SliceContrast contrasts={slice.rows === 0 ? null : slice.drift} without={slice.rows === 0 ? NO_ROWS : (slice.baselineReason ?? 'not measured then')} origin={origin} /></Table.Td>}
                {hasFairness && <Table.Td><SliceContrast contrasts={slice.rows === 0 ? null : slice.fairness} without={slice.rows === 0 ? NO_ROWS : 'no attribute but those that make it'} origin={origin} /></Table.Td>}
                {shown.map((measure) => (
                  <Table.Td key={measure} className="figures">
                    <Judged result={resultOf(slice, measure)} origin={origin} />
                  </Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sideways>
      <ul className={classes.key} aria-label="What the shapes mean">
        {Object.values(VERDICTS).map(({ meaning, word }) => <li key={word}><Shape meaning={meaning} /> {word}</li>)}
      </ul>
    </Panel>
  );
}

function resultOf(slice: SliceFiguresFragment, measure: string): ResultFiguresFragment | null {
  return slice.results.map((each) => readFragment(ResultFigures, each)).find((each) => each.measure === measure) ?? null;
}
