import { Table } from '@mantine/core';
import { interval, share } from '../../lib/format';
import { exactMoment } from '../../lib/time';
import type { TrustPoint } from './history';

const SHOWN = 200;

/** The table behind the chart, newest first: for whoever reads rather than looks, and for copying. */
export function PointTable({ points }: { points: readonly TrustPoint[] }) {
  return (
    <details>
      <summary className="dim small">The same as a table</summary>
      <div style={{ maxHeight: 320, overflow: 'auto' }} tabIndex={0} role="region" aria-label="Recorded scores as a table">
        <Table verticalSpacing={4} stickyHeader>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Recorded</Table.Th>
              <Table.Th className="figures">Trust</Table.Th>
              <Table.Th className="figures">Interval</Table.Th>
              <Table.Th className="figures">Coverage</Table.Th>
              <Table.Th className="figures">Position</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {points.toReversed().slice(0, SHOWN).map((point) => (
              <Table.Tr key={point.position}>
                <Table.Td>{exactMoment(point.recordedAt)}</Table.Td>
                <Table.Td className="figures">{share(point.value, 3)}</Table.Td>
                <Table.Td className="figures">
                  {point.low === null || point.high === null ? '–' : interval({ low: point.low, high: point.high }, 3)}
                </Table.Td>
                <Table.Td className="figures">{share(point.coverage)}</Table.Td>
                <Table.Td className="figures">{point.position}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </details>
  );
}
