import { Button, Group, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import { useParam } from '../../components/useAsOf';
import { useProject } from '../../components/useProject';
import type { AuditFilter } from '../../gql/graphql';
import { timeOf } from '../../lib/time';

const NAMES = ['actor', 'subject', 'action', 'from', 'to'] as const;

/** The filter that the address tells. */
export function useAuditFilter(subjectId: string | null): AuditFilter {
  const [params] = useSearchParams();
  const { projectId } = useProject();
  const [actor, subject, action, from, to] = NAMES.map((name) => params.get(name) ?? '');
  return useMemo(
    () => ({
      actorId: actor || null,
      subjectId: subjectId ?? (subject || null),
      action: action || null,
      from: timeOf(from ?? ''),
      to: timeOf(to ?? ''),
      // What is asked of one subject is told whole, wherever that is.
      projectId: subjectId === null ? projectId : null,
    }),
    [actor, subject, action, from, to, subjectId, projectId],
  );
}

/** What is looked for. Who and what are chosen by a click on an entry; the rest is written here. */
export function AuditFilters({ isOfOneSubject }: { isOfOneSubject: boolean }) {
  const [params, setParams] = useSearchParams();
  const [action, setAction] = useParam('action');
  const [typed, setTyped] = useState<string | null>(null);
  const [from, setFrom] = useParam('from');
  const [to, setTo] = useParam('to');
  const writeAction = useDebouncedCallback((text: string) => {
    setAction(text);
    setTyped(null);
  }, 300);
  const chosen = NAMES.filter((name) => params.get(name) && !(isOfOneSubject && name === 'subject'));
  const clear = (names: readonly string[]) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        for (const name of names) next.delete(name);
        return next;
      },
      { replace: true },
    );
  return (
    <Group gap={8} align="flex-end" mb={12}>
      <TextInput
        size="xs"
        label="Action"
        placeholder="registry.Promoted"
        value={typed ?? action}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
          writeAction(event.currentTarget.value.trim());
        }}
        w={220}
      />
      <TextInput size="xs" label="From" type="datetime-local" value={from} onChange={(event) => setFrom(event.currentTarget.value)} />
      <TextInput size="xs" label="To" type="datetime-local" value={to} onChange={(event) => setTo(event.currentTarget.value)} />
      {params.get('actor') && <Button size="xs" variant="light" onClick={() => clear(['actor'])}>One actor ✕</Button>}
      {params.get('subject') && !isOfOneSubject && <Button size="xs" variant="light" onClick={() => clear(['subject'])}>One subject ✕</Button>}
      {chosen.length > 0 && <Button size="xs" variant="subtle" onClick={() => clear(chosen)}>Clear</Button>}
    </Group>
  );
}
