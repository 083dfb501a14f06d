import { Select } from '@mantine/core';
import { useState } from 'react';
import { ReasonDialog } from '../../components/ReasonDialog';
import type { Asking } from '../../components/useCommand';
import { nameOfHeld } from './HoldsPanel';
import type { ModelToChoose, ShownHold } from './KeepingTab';

const ALL = 'all';

export function PlaceHoldDialog({ models, command, onClose, onPlace }: {
  models: readonly ModelToChoose[];
  command: Asking;
  onClose: () => void;
  onPlace: (modelId: string | null, reason: string) => unknown;
}) {
  const [held, setHeld] = useState(ALL);
  return (
    <ReasonDialog
      title="Place a legal hold"
      onClose={onClose}
      happens={['keep these rows, however old, until it is lifted', 'let erasures wait', 'refuse to delete the project and its organization']}
      reasonLabel="Why are they held?"
      action="Place it"
      command={command}
      onReason={(reason) => onPlace(held === ALL ? null : held, reason)}
    >
      <Select
        label="What it holds"
        allowDeselect={false}
        data={[{ value: ALL, label: 'The whole project' }, ...models.map(({ id, name }) => ({ value: id, label: name }))]}
        value={held}
        onChange={(value) => setHeld(value ?? ALL)}
      />
    </ReasonDialog>
  );
}

export function LiftHoldDialog({ hold, command, onClose, onLift }: {
  hold: ShownHold;
  command: Asking;
  onClose: () => void;
  onLift: (reason: string) => unknown;
}) {
  return (
    <ReasonDialog
      title={`Lift the hold of ${nameOfHeld(hold)}`}
      onClose={onClose}
      happens={['remove for good what is older than the project keeps it, unless another holds it', 'let erasures that wait go on']}
      reasonLabel="Why is it lifted?"
      action="Lift it"
      isDanger
      command={command}
      onReason={onLift}
    />
  );
}
