import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import { Panel } from '../../../components/Panel';
import { ReasonDialog } from '../../../components/ReasonDialog';
import { useDialogCommand } from '../../../components/useDialogCommand';
import type { IntakePolicy } from '../../../gql/graphql';
import { ChangeIntakePolicy } from './fragments';

const POLICIES: Record<IntakePolicy, { name: string; says: string; happens: string }> = {
  REJECT_ROW: {
    name: 'Reject the row',
    says: 'A row that does not fit is rejected and kept here; the others of its batch go in.',
    happens: 'reject a row that does not fit, and take in the others of its batch',
  },
  KEEP_MARKED: {
    name: 'Keep it, marked',
    says: 'A row of which only features are wrong goes in without these, and is marked here.',
    happens: 'take in a row of which only features are wrong, without these, and mark it',
  },
  REJECT_BATCH: {
    name: 'Reject the batch',
    says: 'One row that does not fit rejects all of its batch, of which then nothing is taken in.',
    happens: 'reject all of a batch for one row that does not fit',
  },
};

/** What becomes of rows that do not fit, and the way to change it. */
export function PolicyBar({ modelId, policy, mayChange }: { modelId: string; policy: IntakePolicy; mayChange: boolean }) {
  const [isChanging, setChanging] = useState(false);
  return (
    <Panel
      title={`Rows that do not fit: ${POLICIES[policy].name.toLowerCase()}`}
      actions={mayChange && <Button size="xs" variant="default" onClick={() => setChanging(true)}>Change…</Button>}
    >
      <p className="dim">{POLICIES[policy].says}</p>
      {isChanging && <PolicyDialog modelId={modelId} policy={policy} onClose={() => setChanging(false)} />}
    </Panel>
  );
}

function PolicyDialog({ modelId, policy, onClose }: { modelId: string; policy: IntakePolicy; onClose: () => void }) {
  const [chosen, choose] = useState<IntakePolicy>(policy);
  const command = useDialogCommand(ChangeIntakePolicy, { onClose, onDone: () => undefined }, ['Model']);
  return (
    <ReasonDialog
      title="What becomes of rows that do not fit"
      onClose={onClose}
      happens={[POLICIES[chosen].happens, 'hold from the next row on; what was taken in or rejected stays so']}
      reasonLabel="Why?"
      isReady={chosen !== policy}
      action="Change it"
      command={command}
      onReason={(reason) => command.send({ input: { modelId, policy: chosen, reason } })}
    >
      <Select
        label="Policy"
        allowDeselect={false}
        data={Object.entries(POLICIES).map(([value, { name }]) => ({ value, label: name }))}
        value={chosen}
        onChange={(value) => choose((value ?? policy) as IntakePolicy)}
      />
    </ReasonDialog>
  );
}
