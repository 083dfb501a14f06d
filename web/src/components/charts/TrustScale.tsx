import classes from './charts.module.css';

/** The score on its whole range from 0 to 1: the interval as a band, the threshold as a named hairline. */
export function TrustScale({ value, low, high, threshold, isCompact = false, meaning }: {
  value: number | null | undefined;
  low?: number | null | undefined;
  high?: number | null | undefined;
  threshold: number | null | undefined;
  isCompact?: boolean;
  meaning: string;
}) {
  const height = isCompact ? 10 : 40;
  const bar = isCompact ? 4 : 8;
  const top = (isCompact ? height / 2 : 12) - bar / 2;
  const at = (share: number) => `${Math.min(1, Math.max(0, share)) * 100}%`;
  return (
    <svg className={classes.scale} width="100%" height={height} aria-hidden data-meaning={meaning}>
      <rect className={classes.track} x={0} y={top} width="100%" height={bar} rx={bar / 2} />
      {typeof value === 'number' && (
        <rect className={classes.fill} x={0} y={top} width={at(value)} height={bar} rx={bar / 2} />
      )}
      {typeof low === 'number' && typeof high === 'number' && (
        <rect className={classes.whisker} x={at(low)} y={top - 2} width={at(high - low)} height={bar + 4} rx={2} />
      )}
      {typeof threshold === 'number' && (
        <line className={classes.hairline} x1={at(threshold)} x2={at(threshold)} y1={top - 4} y2={top + bar + 5} />
      )}
      {!isCompact && (
        <>
          <text className={classes.label} x={0} y={height - 2}>0</text>
          <text className={classes.label} x="100%" y={height - 2} textAnchor="end">1</text>
          {typeof threshold === 'number' && (
            <text className={classes.label} x={at(threshold)} y={height - 2} textAnchor={threshold > 0.85 ? 'end' : 'middle'}>
              threshold {threshold.toFixed(2)}
            </text>
          )}
        </>
      )}
    </svg>
  );
}
