import { Button, Group, Select, TextInput } from '@mantine/core';
import { useSearchParams } from 'react-router';
import { useParam } from '../../components/useAsOf';
import { timeOf } from '../../lib/time';

/** What is looked for, in the address: one of a few kinds, a time, and whom, which is chosen by a click on a row. */
export function Filters({ kind, label, options, others }: {
  kind: string;
  label: string;
  options: readonly { value: string; label: string }[];
  /** Parameters that are chosen elsewhere, with what the button says that lets go of each. */
  others: readonly (readonly [name: string, says: string])[];
}) {
  const [params, setParams] = useSearchParams();
  const [chosen, choose] = useParam(kind);
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const names = [kind, 'from', 'to', ...others.map(([name]) => name)];
  const clear = (cleared: readonly string[]) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const name of cleared) next.delete(name);
        return next;
      },
      { replace: true },
    );
  return (
    <Group gap={8} align="flex-end">
      <Select
        size="xs"
        label={label}
        placeholder="Any"
        clearable
        data={[...options]}
        value={options.some(({ value }) => value === chosen) ? chosen : null}
        onChange={(value) => choose(value ?? '')}
        w={200}
      />
      <TextInput size="xs" label="From" type="datetime-local" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
      <TextInput size="xs" label="To" type="datetime-local" value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      {others.map(([name, says]) => params.get(name) && <Button key={name} size="xs" variant="light" onClick={() => clear([name])}>{says} ✕</Button>)}
      {names.some((name) => params.get(name)) && <Button size="xs" variant="subtle" onClick={() => clear(names)}>Clear</Button>}
    </Group>
  );
}

/** What a page is asked for, by the address. */
export function useFilter(names: readonly string[]): { text: (name: string) => string | null; time: (name: string) => string | null; isNarrowed: boolean } {
  const [params] = useSearchParams();
  return {
    text: (name) => params.get(name) ?? null,
    time: (name) => timeOf(params.get(name) ?? ''),
    isNarrowed: names.some((name) => params.get(name)),
  };
}
