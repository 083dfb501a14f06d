import { Tooltip } from '@mantine/core';
import type { Scale } from '../../components/charts/scale';
import classes from '../../components/charts/charts.module.css';
import { exactMoment } from '../../lib/time';

export interface Mark {
  position: string;
  recordedAt: string;
  kind: string;
  text: string;
}

/** Promotions, baselines and policy changes as marks on the time axis; each can be pointed at and focused. */
export function MarkLayer({ marks, x, top, bottom }: { marks: readonly Mark[]; x: Scale; top: number; bottom: number }) {
  const [from, to] = x.domain;
  return (
    <>
      {marks
        .filter((mark) => Date.parse(mark.recordedAt) >= from && Date.parse(mark.recordedAt) <= to)
        .map((mark) => {
          const at = x(Date.parse(mark.recordedAt));
          return (
            <g key={mark.position}>
              <line className={classes.markLine} x1={at} x2={at} y1={top} y2={bottom} />
              <Tooltip label={`${mark.text}, ${exactMoment(mark.recordedAt)}`} events={{ hover: true, focus: true, touch: true }} withArrow>
                <path
                  className={classes.mark}
                  tabIndex={0}
                  role="img"
                  aria-label={`${mark.text}, ${exactMoment(mark.recordedAt)}`}
                  d={`M${at} ${bottom - 6}l6 6-6 6-6-6Z`}
                />
              </Tooltip>
            </g>
          );
        })}
    </>
  );
}
