import { Button, Menu, Tooltip } from '@mantine/core';
import type { ReactNode } from 'react';

/** What can be done to one row; where nothing can, why. */
export function RowMenu({ label, refusal, children }: { label: string; refusal: string | null; children: ReactNode }) {
  const button = (
    <Button size="compact-xs" variant="default" aria-label={refusal === null ? label : `${label}: ${refusal}`} aria-disabled={refusal !== null} data-disabled={refusal !== null || undefined}>
      Change
    </Button>
  );
  if (refusal !== null) return <Tooltip label={refusal} events={{ hover: true, focus: true, touch: true }}>{button}</Tooltip>;
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>{button}</Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}
