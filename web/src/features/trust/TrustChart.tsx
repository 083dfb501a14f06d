import { useElementSize } from '@mantine/hooks';
import { useState, type KeyboardEvent, type PointerEvent } from 'react';
import { bandPath, linear, linePath, runs, shareDomain, ticks, timeTicks } from '../../components/charts/scale';
import classes from '../../components/charts/charts.module.css';
import { interval, share } from '../../lib/format';
import { exactMoment, moment, tickOf } from '../../lib/time';
import { nearest, type TrustPoint } from './history';
import { MarkLayer, type Mark } from './MarkLayer';
import { PointTable } from './PointTable';

const HEIGHT = 280;
const LEFT = 40;
const TOP = 12;
const BOTTOM = 34;

/** Recorded scores over time: the interval as a band, gaps as gaps, the threshold named, events on the time axis. */
export function TrustChart({ points, marks, threshold, live, isWhole, axisName }: {
  points: readonly TrustPoint[];
  marks: readonly Mark[];
  threshold: number;
  live: { at: string; value: number | null } | null;
  isWhole: boolean;
  axisName: string;
}) {
  const { ref, width: measured } = useElementSize();
  const [pointed, setPointed] = useState<number | null>(null);
  const width = Math.max(280, measured);
  const right = width - 64;
  const first = points[0]?.at ?? 0;
  const liveAt = live ? Date.parse(live.at) : Number.NEGATIVE_INFINITY;
  const lastAt = Math.max(points.at(-1)?.at ?? 0, liveAt);
  const domain: [number, number] = lastAt > first ? [first, lastAt] : [first - 30_000, first + 30_000];
  const known = points.flatMap((point) => [point.value, point.low, point.high].filter((value) => value !== null));
  const shares: [number, number] = isWhole ? [0, 1] : shareDomain([...known, threshold]);
  const x = linear(domain, [LEFT, right]);
  const y = linear(shares, [HEIGHT - BOTTOM, TOP]);
  const tick = tickOf(domain[1] - domain[0]);
  const last = points.findLast((point) => point.value !== null);
  const selected = pointed === null ? null : points[Math.min(pointed, points.length - 1)];
  const end = live?.value != null ? { at: liveAt, value: live.value } : last ? { at: last.at, value: last.value ?? 0 } : null;
  // The end of the line and the threshold each have a name at the right; they must not lie upon each other.
  const endLabelY = end === null ? 0 : y(end.value);
  const thresholdLabelY = end !== null && Math.abs(y(threshold) - endLabelY) < 14 ? endLabelY + (y(threshold) >= endLabelY ? 15 : -15) : y(threshold);

  const point = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    setPointed(nearest(points, x.invert(event.clientX - box.left)));
  };
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: 20, PageDown: -20 }[event.key];
    if (event.key === 'Home') setPointed(0);
    else if (event.key === 'End') setPointed(points.length - 1);
    else if (event.key === 'Escape') setPointed(null);
    else if (by !== undefined) setPointed(Math.min(points.length - 1, Math.max(0, (pointed ?? points.length - 1) + by)));
    else return;
    event.preventDefault();
  };

  return (
    <div>
      <div
        ref={ref}
        className={classes.frame}
        tabIndex={0}
        role="group"
        aria-label={`Recorded trust by ${axisName}. Arrow keys walk over the points.`}
        onKeyDown={step}
        onBlur={() => setPointed(null)}
      >
        <svg className={classes.chart} width="100%" height={HEIGHT} onPointerMove={point} onPointerLeave={() => setPointed(null)}>
          {ticks(shares, 5).map((each) => (
            <g key={each}>
              <line className={classes.grid} x1={LEFT} x2={right} y1={y(each)} y2={y(each)} />
              <text className={classes.label} x={LEFT - 8} y={y(each) + 4} textAnchor="end">{share(each)}</text>
            </g>
          ))}
          {timeTicks(domain, Math.max(2, Math.floor(width / 130))).map((each) => (
            <text key={each} className={classes.label} x={x(each)} y={HEIGHT - BOTTOM + 18} textAnchor="middle">{tick(each)}</text>
          ))}
          <line className={classes.axis} x1={LEFT} x2={right} y1={HEIGHT - BOTTOM} y2={HEIGHT - BOTTOM} />
          {runs(points, (each) => each.value === null).map((run) => (
            <rect
              key={run[0]?.position}
              className={classes.gap}
              x={x(run[0]?.at ?? 0)}
              width={Math.max(2, x(run.at(-1)?.at ?? 0) - x(run[0]?.at ?? 0))}
              y={TOP}
              height={HEIGHT - BOTTOM - TOP}
            />
          ))}
          {runs(points, (each) => each.low !== null && each.high !== null).map((run) => (
            <path
              key={run[0]?.position}
              className={classes.band}
              d={bandPath(run.map((each) => [x(each.at), y(each.high ?? 0)]), run.map((each) => [x(each.at), y(each.low ?? 0)]))}
            />
          ))}
          <line className={classes.threshold} x1={LEFT} x2={right} y1={y(threshold)} y2={y(threshold)} />
          <text className={classes.thresholdName} x={right + 8} y={thresholdLabelY + 4}>≥ {share(threshold)}</text>
          {runs(points, (each) => each.value !== null).map((run) => (
            <path key={run[0]?.position} className={classes.line} d={linePath(run.map((each) => [x(each.at), y(each.value ?? 0)]))} />
          ))}
          {last && live?.value != null && (
            <line className={classes.baseline} x1={x(last.at)} y1={y(last.value ?? 0)} x2={x(liveAt)} y2={y(live.value)} />
          )}
          {end && (
            <>
              <circle className={classes.dot} cx={x(end.at)} cy={y(end.value)} r={3.5} />
              <text className={classes.name} x={right + 8} y={endLabelY + 4}>{share(end.value)}{live ? ' live' : ''}</text>
            </>
          )}
          {selected && <line className={classes.cursor} x1={x(selected.at)} x2={x(selected.at)} y1={TOP} y2={HEIGHT - BOTTOM} />}
          {selected && selected.value !== null && <circle className={classes.dot} cx={x(selected.at)} cy={y(selected.value)} r={4} />}
          <MarkLayer marks={marks} x={x} top={TOP} bottom={HEIGHT - BOTTOM} />
        </svg>
        {selected && (
          <div className={classes.tip} style={{ left: Math.min(x(selected.at) + 12, width - 200), top: TOP }} role="status">
            <strong>{selected.value === null ? 'Not enough evidence' : share(selected.value, 3)}</strong>
            {selected.low !== null && <div>{interval({ low: selected.low, high: selected.high ?? selected.low }, 3)}</div>}
            <div className="dim">coverage {share(selected.coverage)}</div>
            <div className="dim">recorded {exactMoment(selected.recordedAt)}</div>
            {selected.windowEnd && <div className="dim">window to {moment(selected.windowEnd)}</div>}
          </div>
        )}
      </div>
      <PointTable points={points} />
    </div>
  );
}
