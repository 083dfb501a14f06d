import { useElementSize } from '@mantine/hooks';
import { linear, linePath } from './scale';
import classes from './charts.module.css';

/** Rates over the last minute or so, from zero, sliding. The highest of them is written beside the line. */
export function RateLine({ points, height = 40, label }: {
  points: readonly number[];
  height?: number;
  label: string;
}) {
  const { ref, width: measured } = useElementSize();
  const width = Math.max(60, measured);
  const top = Math.max(1, ...points);
  const y = linear([0, top], [height - 1, 3]);
  const x = linear([0, Math.max(1, points.length - 1)], [1, width - 4]);
  const line = linePath(points.map((value, index) => [x(index), y(value)]));
  const last = points.at(-1);
  return (
    <div ref={ref}>
    <svg className={classes.spark} width="100%" height={height} role="img" aria-label={label}>
      <line className={classes.axis} x1={0} x2={width} y1={height - 0.5} y2={height - 0.5} />
      {points.length > 1 && (
        <>
          <path className={classes.band} d={`${line}L${x(points.length - 1)} ${height - 1}L1 ${height - 1}Z`} />
          <path className={classes.line} d={line} />
        </>
      )}
      {last !== undefined && <circle className={classes.dot} cx={x(points.length - 1)} cy={y(last)} r={2} />}
    </svg>
    </div>
  );
}
