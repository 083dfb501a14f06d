import { Button, Group, Select, TextInput } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { useParam } from '../../../components/useAsOf';
import type { QuarantineFilter, QuarantineState, RejectionKind } from '../../../gql/graphql';
import { timeOf } from '../../../lib/time';
import { KINDS, STATES } from './cells';

const NAMES = ['reason', 'column', 'state', 'from', 'to'] as const;
const REASONS = Object.entries(KINDS).map(([value, label]) => ({ value, label }));
const STATE_OPTIONS = Object.entries(STATES).map(([value, label]) => ({ value, label }));
const WAITING: QuarantineState = 'OPEN';

/** What is looked for, by the address: at first the rows that wait. */
export function useQuarantineFilter(): { filter: QuarantineFilter; isNarrowed: boolean } {
  const [params] = useSearchParams();
  const [reason, state] = [params.get('reason') ?? '', params.get('state') ?? WAITING];
  const filter: QuarantineFilter = {
    reason: reason in KINDS ? (reason as RejectionKind) : null,
    column: params.get('column') || null,
    states: [state in STATES ? (state as QuarantineState) : WAITING],
    receivedFrom: timeOf(params.get('from') ?? ''),
    receivedTo: timeOf(params.get('to') ?? ''),
  };
  return { filter, isNarrowed: NAMES.some((name) => params.get(name)) };
}

export function QuarantineFilters({ columns }: { columns: readonly string[] }) {
  const [, setParams] = useSearchParams();
  const [reason, setReason] = useParam('reason');
  const [column, setColumn] = useParam('column');
  const [state, setState] = useParam('state', WAITING);
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const { isNarrowed } = useQuarantineFilter();
  const clear = () =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const name of NAMES) next.delete(name);
        return next;
      },
      { replace: true },
    );
  return (
    <Group gap={8} align="flex-end">
      <Select size="xs" label="State" allowDeselect={false} data={STATE_OPTIONS} value={state in STATES ? state : WAITING} onChange={(value) => setState(value ?? '')} w={150} />
      <Select size="xs" label="What is wrong" placeholder="Any" clearable data={REASONS} value={reason in KINDS ? reason : null} onChange={(value) => setReason(value ?? '')} w={170} />
      <Select size="xs" label="Column" placeholder="Any" clearable searchable data={[...new Set(column === '' ? columns : [column, ...columns])]} value={column || null} onChange={(value) => setColumn(value ?? '')} w={150} />
      <TextInput size="xs" label="Received from" type="datetime-local" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
      <TextInput size="xs" label="to" type="datetime-local" value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      {isNarrowed && <Button size="xs" variant="subtle" onClick={clear}>Clear</Button>}
    </Group>
  );
}
