import { Table } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import classes from '../../components/charts/charts.module.css';
import { linear, linePath, ticks } from '../../components/charts/scale';
import { count, interval, measured, share } from '../../lib/format';
import type { CurvePoint } from './curvePoints';
import own from './CurvePanel.module.css';

const HEIGHT = 240;
const LEFT = 36;
const BOTTOM = 40;
const TOP = 8;
const RIGHT = 8;

/** One curve in the unit square: the window as a line, the baseline dotted, what no skill would give as a hairline. */
export function CurveChart({ title, xName, yName, ofName, current, baseline, noSkill, reason, baselineReason, isDotted = false }: {
  title: string;
  xName: string;
  yName: string;
  ofName: string;
  current: readonly CurvePoint[];
  baseline: readonly CurvePoint[];
  noSkill: readonly [number, number] | null;
  reason: string | null;
  baselineReason: string | null;
  isDotted?: boolean;
}) {
  const { ref, width: seen } = useElementSize();
  const width = Math.max(200, seen);
  const x = linear([0, 1], [LEFT, width - RIGHT]);
  const y = linear([0, 1], [HEIGHT - BOTTOM, TOP]);
  const pathOf = (points: readonly CurvePoint[]) => linePath(points.map((point) => [x(point.x), y(point.y)]));
  return (
    <figure className={own.figure}>
      <figcaption className={own.name}>{title}</figcaption>
      {current.length === 0 && <p className="dim small">This window: {reason ?? 'nothing to draw'}.</p>}
      {baseline.length === 0 && <p className="dim small">Baseline: {baselineReason ?? 'nothing to draw'}.</p>}
      {current.length + baseline.length > 0 && (
        <>
          <div ref={ref}>
            <svg className={classes.chart} width="100%" height={HEIGHT} role="img" aria-label={`${title}: ${yName} by ${xName}, this window against the baseline; the table below has the numbers`}>
              {ticks([0, 1], 4).map((each) => (
                <g key={each}>
                  <line className={classes.grid} x1={LEFT} x2={width - RIGHT} y1={y(each)} y2={y(each)} />
                  <text className={classes.label} x={LEFT - 6} y={y(each) + 4} textAnchor="end">{share(each)}</text>
                  <text className={classes.label} x={x(each)} y={HEIGHT - BOTTOM + 15} textAnchor={each === 1 ? 'end' : 'middle'}>{share(each)}</text>
                </g>
              ))}
              <line className={classes.axis} x1={LEFT} x2={width - RIGHT} y1={y(0)} y2={y(0)} />
              <text className={classes.label} x={width - RIGHT} y={HEIGHT - 6} textAnchor="end">{xName}</text>
              {noSkill && <line className={classes.markLine} x1={x(0)} x2={x(1)} y1={y(noSkill[0])} y2={y(noSkill[1])} />}
              <path className={classes.reference} d={pathOf(baseline)} />
              {current.map((point) => point.low !== null && point.high !== null && (
                <line key={point.x} className={classes.whiskerLine} x1={x(point.x)} x2={x(point.x)} y1={y(point.low)} y2={y(point.high)} />
              ))}
              <path className={classes.line} d={pathOf(current)} />
              {isDotted && current.map((point) => <circle key={point.x} className={classes.dot} cx={x(point.x)} cy={y(point.y)} r={3} />)}
            </svg>
          </div>
          <details>
            <summary className="dim small">The same as a table</summary>
            <div className={own.scroll} tabIndex={0} role="region" aria-label={`${title} as a table`}>
              <Table verticalSpacing={2} stickyHeader>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>Of</Table.Th>
                    <Table.Th className="figures">{ofName}</Table.Th>
                    <Table.Th className="figures">{xName}</Table.Th>
                    <Table.Th className="figures">{yName}</Table.Th>
                    {isDotted && <Table.Th className="figures">Interval</Table.Th>}
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {([['window', current], ['baseline', baseline]] as const).flatMap(([side, points]) =>
                    points.map((point, index) => (
                      <Table.Tr key={`${side}${String(index)}`}>
                        <Table.Td>{side}</Table.Td>
                        <Table.Td className="figures">{isDotted ? count(point.of) : measured(point.of)}</Table.Td>
                        <Table.Td className="figures">{measured(point.x)}</Table.Td>
                        <Table.Td className="figures">{measured(point.y)}</Table.Td>
                        {isDotted && <Table.Td className="figures">{point.low === null || point.high === null ? '–' : interval({ low: point.low, high: point.high }, 3)}</Table.Td>}
                      </Table.Tr>
                    )),
                  )}
                </Table.Tbody>
              </Table>
            </div>
          </details>
        </>
      )}
    </figure>
  );
}
