import { interval as written, share } from '../../lib/format';
import classes from './FairnessView.module.css';

/** One group's rate: a point with its interval on the range from 0 to 1. Too few rows have no point and say so. */
export function GroupWhisker({ value, interval, isLargeEnough }: {
  value: number | null;
  interval: { low: number; high: number } | null;
  isLargeEnough: boolean;
}) {
  if (value === null) {
    return <span className="dim small">{isLargeEnough ? 'no rows to tell it from' : 'too few rows to tell'}</span>;
  }
  const at = (part: number) => `${Math.min(1, Math.max(0, part)) * 100}%`;
  return (
    <div className={classes.whisker} title={interval ? `${share(value, 3)}, interval ${written(interval, 3)}` : share(value, 3)}>
      <svg width="100%" height={18} aria-hidden>
        <line className={classes.range} x1="0" x2="100%" y1={9} y2={9} />
        {interval && (
          <>
            <line className={classes.arm} x1={at(interval.low)} x2={at(interval.high)} y1={9} y2={9} />
            <line className={classes.arm} x1={at(interval.low)} x2={at(interval.low)} y1={5} y2={13} />
            <line className={classes.arm} x1={at(interval.high)} x2={at(interval.high)} y1={5} y2={13} />
          </>
        )}
        <circle className={classes.point} data-small={!isLargeEnough} cx={at(value)} cy={9} r={4} />
      </svg>
      <span>{share(value)}</span>
      <span className="visually-hidden">{interval ? `, interval ${written(interval)}` : ''}</span>
    </div>
  );
}
