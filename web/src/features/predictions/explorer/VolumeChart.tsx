import { useElementSize } from '@mantine/hooks';
import { useState, type KeyboardEvent } from 'react';
import { linear, ticks, timeTicks } from '../../../components/charts/scale';
import charts from '../../../components/charts/charts.module.css';
import { count } from '../../../lib/format';
import { day, moment, tickOf } from '../../../lib/time';
import classes from './explorer.module.css';

const HEIGHT = 160;
const LEFT = 56;
const TOP = 8;
const BOTTOM = 26;

export interface Volume {
  at: number;
  end: number;
  predictions: number;
  labels: number;
}

/** Rows over time as bars from zero, the labelled part of each filled. A bar that is chosen is the window below. */
export function VolumeChart({ volumes, isByDay, onChoose }: {
  volumes: readonly Volume[];
  isByDay: boolean;
  onChoose: (volume: Volume) => void;
}) {
  const { ref, width: measured } = useElementSize();
  const [pointed, setPointed] = useState<number | null>(null);
  const width = Math.max(240, measured);
  const [first, last] = [volumes[0], volumes.at(-1)];
  if (first === undefined || last === undefined) return null;
  const domain: [number, number] = [first.at, last.end];
  const x = linear(domain, [LEFT, width - 8]);
  const most = Math.max(1, ...volumes.map(({ predictions, labels }) => Math.max(predictions, labels)));
  const y = linear([0, most], [HEIGHT - BOTTOM, TOP]);
  const tick = tickOf(domain[1] - domain[0]);
  const selected = pointed === null ? undefined : volumes[pointed];
  const step = (event: KeyboardEvent) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, PageUp: 20, PageDown: -20 }[event.key];
    if (event.key === 'Enter' && selected) onChoose(selected);
    else if (event.key === 'Escape') setPointed(null);
    else if (by !== undefined) setPointed(Math.min(volumes.length - 1, Math.max(0, (pointed ?? volumes.length) + by)));
    else return;
    event.preventDefault();
  };
  return (
    <div ref={ref} className={charts.frame} tabIndex={0} role="group" aria-label="Rows over time. Arrow keys walk over the bars, Enter chooses one." onKeyDown={step} onBlur={() => setPointed(null)}>
      <svg className={charts.chart} width="100%" height={HEIGHT} onPointerLeave={() => setPointed(null)}>
        {ticks([0, most], 3).filter((each) => Number.isInteger(each)).map((each) => (
          <g key={each}>
            <line className={charts.grid} x1={LEFT} x2={width - 8} y1={y(each)} y2={y(each)} />
            <text className={charts.label} x={LEFT - 8} y={y(each) + 4} textAnchor="end">{count(each)}</text>
          </g>
        ))}
        {timeTicks(domain, Math.max(2, Math.floor(width / 140))).map((each) => (
          <text key={each} className={charts.label} x={x(each)} y={HEIGHT - 8} textAnchor="middle">{tick(each)}</text>
        ))}
        {volumes.map((each, place) => {
          const [left, right] = [x(each.at), x(each.end)];
          const wide = Math.max(1, right - left - (right - left > 4 ? 1 : 0));
          return (
            <g key={each.at} onPointerEnter={() => setPointed(place)} onClick={() => onChoose(each)} style={{ cursor: 'pointer' }}>
              <rect x={left} width={Math.max(1, right - left)} y={TOP} height={HEIGHT - BOTTOM - TOP} fill="transparent" />
              <rect className={`${classes.bars} ${place === pointed ? classes.chosen : ''}`} x={left} width={wide} y={y(each.predictions)} height={y(0) - y(each.predictions)} />
              <rect className={classes.labelled} x={left} width={wide} y={y(each.labels)} height={y(0) - y(each.labels)} />
            </g>
          );
        })}
        <line className={charts.axis} x1={LEFT} x2={width - 8} y1={y(0)} y2={y(0)} />
      </svg>
      {selected && (
        <div className={charts.tip} style={{ left: Math.max(0, Math.min(x(selected.at) + 12, width - 180)), top: TOP }} role="status">
          <strong>{isByDay ? day(selected.at) : moment(selected.at)}</strong>
          <div>{count(selected.predictions)} predictions</div>
          <div className="dim">{count(selected.labels)} labelled</div>
        </div>
      )}
    </div>
  );
}
