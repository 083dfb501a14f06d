import { bandPath, linear, linePath, runs, shareDomain } from './scale';
import classes from './charts.module.css';

/** A small line of shares with its interval and, where there is one, the threshold as a hairline. */
export function Sparkline({ values, lows, highs, threshold, width = 120, height = 28, label }: {
  values: readonly (number | null | undefined)[];
  lows?: readonly (number | null | undefined)[];
  highs?: readonly (number | null | undefined)[];
  threshold?: number | null;
  width?: number;
  height?: number;
  label: string;
}) {
  const points = values.map((value, index) => ({ index, value: value ?? null, low: lows?.[index] ?? null, high: highs?.[index] ?? null }));
  const known = [...values, ...(lows ?? []), ...(highs ?? [])].filter((value) => typeof value === 'number');
  const all = threshold === null || threshold === undefined ? known : [...known, threshold];
  const y = linear(shareDomain(all), [height - 2, 2]);
  const x = linear([0, Math.max(1, values.length - 1)], [1, width - 4]);
  const last = points.findLast((point) => point.value !== null);
  return (
    <svg className={classes.spark} width={width} height={height} role="img" aria-label={label}>
      {threshold !== null && threshold !== undefined && (
        <line className={classes.threshold} x1={0} x2={width} y1={y(threshold)} y2={y(threshold)} />
      )}
      {runs(points, (point) => point.low !== null && point.high !== null).map((run) => (
        <path
          key={run[0]?.index}
          className={classes.band}
          d={bandPath(run.map((p) => [x(p.index), y(p.high ?? 0)]), run.map((p) => [x(p.index), y(p.low ?? 0)]))}
        />
      ))}
      {runs(points, (point) => point.value !== null).map((run) => (
        <path key={run[0]?.index} className={classes.line} d={linePath(run.map((p) => [x(p.index), y(p.value ?? 0)]))} />
      ))}
      {last && <circle className={classes.dot} cx={x(last.index)} cy={y(last.value ?? 0)} r={2.5} />}
    </svg>
  );
}
