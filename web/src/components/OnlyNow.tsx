import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { Empty } from './states';
import { useAsOf } from './useAsOf';

/** A screen that has no past: it says so there, and leads back. */
export function OnlyNow({ title, children }: { title: string; children: ReactNode }) {
  const { asOf, setAsOf } = useAsOf();
  if (asOf === null) return children;
  return (
    <Empty title={title}>
      <Button size="xs" variant="default" mt={8} onClick={() => setAsOf(null)}>Back to now</Button>
    </Empty>
  );
}
