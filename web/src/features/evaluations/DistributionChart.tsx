import { Table } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useColumns } from '../../components/useColumns';
import { Panel } from '../../components/Panel';
import { Sideways } from '../../components/Sideways';
import { Empty } from '../../components/states';
import classes from '../../components/charts/charts.module.css';
import { linear, ticks } from '../../components/charts/scale';
import { share, signed } from '../../lib/format';
import own from './DistributionChart.module.css';

const HEIGHT = 240;
const LEFT = 40;
const BOTTOM = 36;
const TOP = 8;

interface Distribution {
  labels: readonly string[];
  baseline: readonly number[];
  current: readonly number[];
}

/** The shares of a feature's bins in this window as bars, the baseline as a dotted line over them. */
export function DistributionChart({ feature, distribution, reason }: {
  feature: string;
  distribution: Distribution;
  reason: string | null;
}) {
  const { ref, width: measured } = useElementSize();
  const width = Math.max(240, measured);
  const { baseline, current } = distribution;
  const { titleOf, labelOf } = useColumns();
  const labels = distribution.labels.map((label) => labelOf(feature, label));
  const title = titleOf(feature);
  const bins = labels.length;
  if (bins === 0) {
    return (
      <Panel title={`${title} against the baseline`}>
        <Empty title="There is nothing to draw">{reason ?? 'No rows have come in for this window.'}</Empty>
      </Panel>
    );
  }
  const top = Math.max(0.01, ...baseline, ...current);
  const y = linear([0, top], [HEIGHT - BOTTOM, TOP]);
  const x = linear([0, bins], [LEFT, width - 4]);
  const slot = x(1) - x(0);
  const every = Math.ceil(bins / Math.max(2, Math.floor((width - LEFT) / (8 * Math.max(...labels.map((label) => Math.min(12, label.length))) + 12))));
  const outline = baseline.map((value, bin) => `${bin === 0 ? 'M' : 'L'}${x(bin)} ${y(value)}L${x(bin + 1)} ${y(value)}`).join('');
  return (
    <Panel
      title={`${title} against the baseline`}
      note={<span className={own.key}><i className={own.now} /> this window <i className={own.then} /> baseline; share of rows by bin</span>}
    >
      <div ref={ref}>
        <svg className={classes.chart} width="100%" height={HEIGHT} role="img" aria-label={`Shares of ${title} by bin, this window against the baseline; the table below has the numbers`}>
          {ticks([0, top], 4).map((each) => (
            <g key={each}>
              <line className={classes.grid} x1={LEFT} x2={width} y1={y(each)} y2={y(each)} />
              <text className={classes.label} x={LEFT - 6} y={y(each) + 4} textAnchor="end">{share(each)}</text>
            </g>
          ))}
          {current.map((value, bin) => (
            <rect key={distribution.labels[bin]} className={classes.current} x={x(bin) + slot * 0.12} width={Math.max(1, slot * 0.76)} y={y(value)} height={Math.max(0, y(0) - y(value))}>
              <title>{`${labels[bin] ?? ''}: ${share(value, 3)}, baseline ${share(baseline[bin], 3)}`}</title>
            </rect>
          ))}
          <path className={classes.reference} d={outline} />
          <line className={classes.axis} x1={LEFT} x2={width} y1={y(0)} y2={y(0)} />
          {labels.map((label, bin) =>
            bin % every === 0 ? (
              <text key={distribution.labels[bin]} className={classes.label} x={x(bin + 0.5)} y={HEIGHT - BOTTOM + 18} textAnchor="middle">
                {label.length > 12 ? `${label.slice(0, 11)}…` : label}
              </text>
            ) : null,
          )}
        </svg>
      </div>
      <details>
        <summary className="dim small">The same as a table</summary>
        <Sideways label={`${title} by bin`}>
          <Table verticalSpacing={2}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Bin</Table.Th>
                <Table.Th className="figures">This window</Table.Th>
                <Table.Th className="figures">Baseline</Table.Th>
                <Table.Th className="figures">Change</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {labels.map((label, bin) => (
                <Table.Tr key={distribution.labels[bin]}>
                  <Table.Td>{label}</Table.Td>
                  <Table.Td className="figures">{share(current[bin], 3)}</Table.Td>
                  <Table.Td className="figures">{share(baseline[bin], 3)}</Table.Td>
                  <Table.Td className="figures">{signed((current[bin] ?? 0) - (baseline[bin] ?? 0), 3)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Sideways>
      </details>
    </Panel>
  );
}
