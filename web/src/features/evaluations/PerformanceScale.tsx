import { numberDomain, shareDomain } from '../../components/charts/scale';
import { share } from '../../lib/format';
import { isShare, valueText } from './limits';
import classes from './FairnessView.module.css';

/** A measure's value with its interval, beside its baseline (dotted) and its limit (a line), on one near range. */
export function PerformanceScale({ measure, value, interval, baseline, limit }: {
  measure: string;
  value: number | null;
  interval: { low: number; high: number } | null;
  baseline: number | null;
  limit: number | null;
}) {
  if (value === null) return <span className="dim small">not known</span>;
  const [from, to] = (isShare(measure) ? shareDomain : numberDomain)([value, interval?.low, interval?.high, baseline, limit].filter((each) => typeof each === 'number'));
  const text = (part: number) => (isShare(measure) ? share(part) : valueText(measure, part));
  const at = (part: number) => `${((part - from) / (to - from || 1)) * 100}%`;
  return (
    <svg width="100%" height={30} style={{ overflow: 'visible', minWidth: 120 }} role="img" aria-label={`On the range from ${text(from)} to ${text(to)}`}>
      <line className={classes.range} x1="0" x2="100%" y1={9} y2={9} />
      {interval && (
        <>
          <line className={classes.arm} x1={at(interval.low)} x2={at(interval.high)} y1={9} y2={9} />
          <line className={classes.arm} x1={at(interval.low)} x2={at(interval.low)} y1={5} y2={13} />
          <line className={classes.arm} x1={at(interval.high)} x2={at(interval.high)} y1={5} y2={13} />
        </>
      )}
      {baseline !== null && <line x1={at(baseline)} x2={at(baseline)} y1={1} y2={17} stroke="var(--text)" strokeDasharray="2 2"><title>baseline</title></line>}
      {limit !== null && <line x1={at(limit)} x2={at(limit)} y1={1} y2={17} stroke="var(--bad)"><title>limit</title></line>}
      <circle className={classes.point} cx={at(value)} cy={9} r={4} />
      <text x="0" y={28} fontSize={10} fill="var(--dim)">{text(from)}</text>
      <text x="100%" y={28} fontSize={10} fill="var(--dim)" textAnchor="end">{text(to)}</text>
    </svg>
  );
}
