import { Asked } from '../../components/Asked';
import { Changing } from '../../components/Changing';
import { useColumns } from '../../components/useColumns';
import { definitionLines } from '../../components/definition';
import { paths } from '../../components/paths';
import type { ResultFiguresFragment } from '../../gql/graphql';
import { count, measured, measureName, MISSING } from '../../lib/format';
import { intervalText, limitText, valueText } from './limits';
import { useMeasures } from './useMeasures';

/** Where a number comes from: the evaluation that recorded it, or null when it is live; and its window in words. */
export interface Origin {
  evaluationId: string | null;
  window: string;
}

/** Four significant digits, which a column has no room for. */
function exact(value: number | null): string {
  return value === null ? MISSING : String(Number(value.toPrecision(4)));
}

/** A measured number; asked, it tells its definition, window, rows, interval and limit. */
export function ResultValue({ result, origin }: { result: ResultFiguresFragment | null; origin: Origin }) {
  const measure = useMeasures().get(result?.measure ?? '');
  const { titleOf } = useColumns();
  if (result === null) return <span className="dim">–</span>;
  return (
    <Asked
      to={origin.evaluationId ? paths.evaluation(origin.evaluationId) : null}
      answer={{
        title: `${measure?.title ?? measureName(result.measure)}${result.subject ? `, ${titleOf(result.subject)}` : ''}`,
        text: result.reason ?? measure?.meaning ?? null,
        lines: [
          ['Value', exact(result.value)],
          ['Interval', result.interval ? intervalText(result.measure, result.interval) : null],
          ['Rows', count(result.rows)],
          ['Window', origin.window],
          ['Baseline', result.baseline === null ? null : measured(result.baseline)],
          ['Passes at', limitText(result, measure?.betterWhen)],
          ['Source', measure?.source],
          ...definitionLines(result.definition, result.definitionDigest),
        ],
      }}
    >
      <Changing value={valueText(result.measure, result.value)} />
    </Asked>
  );
}
