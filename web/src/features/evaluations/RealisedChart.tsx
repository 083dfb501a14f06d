import { useElementSize } from '@mantine/hooks';
import classes from '../../components/charts/charts.module.css';
import { bandPath, linear, linePath, numberDomain, runs, shareDomain, ticks } from '../../components/charts/scale';
import { share } from '../../lib/format';
import { day } from '../../lib/time';
import { isShare, valueText } from './limits';
import type { RealisedPoint, Side } from './realisedPoints';
import own from './CurvePanel.module.css';

const HEIGHT = 260;
const LEFT = 40;
const RIGHT = 16;
const TOP = 10;
const BOTTOM = 30;

/** What labels told as a line with dots, what scores had let expect as a dashed one with squares; no labels, a grey gap. */
export function RealisedChart({ points, measure, name }: { points: readonly RealisedPoint[]; measure: string; name: string }) {
  const { ref, width: seen } = useElementSize();
  const width = Math.max(240, seen);
  const known = points.flatMap(({ realised, estimated }) => [realised, estimated].flatMap((side) => [side.value, side.low, side.high])).filter((value) => value !== null);
  const domain = (isShare(measure) ? shareDomain : numberDomain)(known);
  const y = linear(domain, [HEIGHT - BOTTOM, TOP]);
  const x = linear([-0.5, Math.max(0.5, points.length - 0.5)], [LEFT, width - RIGHT]);
  const half = (x(1) - x(0)) / 2;
  const every = Math.max(1, Math.ceil(points.length / Math.max(1, Math.floor((width - LEFT) / 90))));
  const placed = points.map((point, window) => ({ ...point, window }));
  // A run of one window has a band, too: a little to both sides.
  const ends = (run: typeof placed, air: number, of: 'realised' | 'estimated', end: keyof Side): [number, number][] =>
    run.flatMap((each): [number, number][] => {
      const at = y(each[of][end] ?? 0);
      return run.length === 1 ? [[x(each.window) - air, at], [x(each.window) + air, at]] : [[x(each.window), at]];
    });
  const lines = (of: 'realised' | 'estimated', line: string | undefined, band: string | undefined) => (
    <>
      {runs(placed, (each) => each[of].low !== null && each[of].high !== null).map((run) => (
        <path
          key={run[0]?.evaluationId}
          className={band}
          d={bandPath(ends(run, half / 4, of, 'high'), ends(run, half / 4, of, 'low'))}
        />
      ))}
      {runs(placed, (each) => each[of].value !== null).map((run) => (
        <path key={run[0]?.evaluationId} className={line} d={linePath(run.map((each) => [x(each.window), y(each[of].value ?? 0)]))} />
      ))}
    </>
  );
  return (
    <div ref={ref}>
      <svg className={classes.chart} width="100%" height={HEIGHT} role="img" aria-label={`${name} by recorded window, realised beside estimated; the table below has the numbers`}>
        {ticks(domain, 4).map((each) => (
          <g key={each}>
            <line className={classes.grid} x1={LEFT} x2={width - RIGHT} y1={y(each)} y2={y(each)} />
            <text className={classes.label} x={LEFT - 6} y={y(each) + 4} textAnchor="end">{isShare(measure) ? share(each) : valueText(measure, each)}</text>
          </g>
        ))}
        {placed.filter((each) => each.realised.value === null).map((each) => (
          <rect key={each.evaluationId} className={classes.gap} x={x(each.window) - half} width={half * 2} y={TOP} height={HEIGHT - BOTTOM - TOP} />
        ))}
        <line className={classes.axis} x1={LEFT} x2={width - RIGHT} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
        {placed.filter((each) => each.window % every === 0).map((each) => (
          <text key={each.evaluationId} className={classes.label} x={x(each.window)} y={HEIGHT - BOTTOM + 18} textAnchor="middle">{day(each.windowEnd)}</text>
        ))}
        {lines('estimated', own.estimated, own.estimatedBand)}
        {lines('realised', classes.line, classes.band)}
        {placed.map((each) => each.estimated.value !== null && (
          <rect key={each.evaluationId} className={own.estimatedDot} x={x(each.window) - 3} y={y(each.estimated.value) - 3} width={6} height={6} />
        ))}
        {placed.map((each) => each.realised.value !== null && (
          <circle key={each.evaluationId} className={classes.dot} cx={x(each.window)} cy={y(each.realised.value)} r={3.5} />
        ))}
      </svg>
    </div>
  );
}
