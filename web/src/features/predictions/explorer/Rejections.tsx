import { Table } from '@mantine/core';
import { Sideways } from '../../../components/Sideways';
import { count, plural } from '../../../lib/format';
import type { Rejection } from './sending';

const SHOWN = 200;

/** Bad rows by number, column and reason, beside what stands there where that is known. */
export function Rejections({ rejected, total, cellOf }: {
  rejected: readonly Rejection[];
  total: number;
  /** What a row of the file holds in a column of the version; undefined where it was not looked at. */
  cellOf?: (row: number, column: string) => string | undefined;
}) {
  const shown = rejected.slice(0, SHOWN);
  return (
    <>
      <Sideways label="Rows that don't fit">
        <Table verticalSpacing={4} style={{ minWidth: 520 }}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th className="figures">Row</Table.Th>
              <Table.Th>Column</Table.Th>
              {cellOf && <Table.Th>Holds</Table.Th>}
              <Table.Th>Why it doesn't fit</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {shown.map(({ row, column, reason }) => (
              <Table.Tr key={row}>
                <Table.Td className="figures">{count(row + 1)}</Table.Td>
                <Table.Td>{column ?? <span className="dim">the row</span>}</Table.Td>
                {cellOf && <Table.Td><code>{column === null ? '' : (cellOf(row, column) ?? '')}</code></Table.Td>}
                <Table.Td>{reason}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Sideways>
      {total > shown.length && <p className="dim small">The first {count(shown.length)} of {plural(total, 'row')}. Row 1 is the first one below the header.</p>}
    </>
  );
}
