import { Select } from '@mantine/core';
import { useState } from 'react';
import { ReasonDialog } from '../../components/ReasonDialog';
import { useDialogCommand, type Opener } from '../../components/useDialogCommand';
import { graphql } from '../../gql';
import type { DeploymentRole, Environment } from '../../gql/graphql';
import { promotionConsequences, rollBackConsequences } from './consequences';

const PromoteVersion = graphql(`
  mutation PromoteVersion($input: PromoteVersionInput!) {
    promoteVersion(input: $input) {
      __typename
      ... on PromoteVersionPayload {
        position
        lagging
        model {
          id
        }
      }
      ...Refusal
    }
  }
`);

const RollBackDeployment = graphql(`
  mutation RollBackDeployment($input: RollBackDeploymentInput!) {
    rollBackDeployment(input: $input) {
      __typename
      ... on RollBackDeploymentPayload {
        position
        lagging
        model {
          id
        }
      }
      ...Refusal
    }
  }
`);

const ENVIRONMENTS = [
  { value: 'PRODUCTION', label: 'Production' },
  { value: 'STAGING', label: 'Staging' },
  { value: 'DEVELOPMENT', label: 'Development' },
];
const ROLES = [
  { value: 'CHAMPION', label: 'Champion: it decides' },
  { value: 'CHALLENGER', label: 'Challenger: it is compared' },
  { value: 'SHADOW', label: 'Shadow: it only looks on' },
];

export function PromoteDialog({ modelName, version, serving, hasBaseline, ...opener }: Opener & {
  modelName: string;
  version: { id: string; tag: string };
  serving: string | null;
  hasBaseline: boolean;
}) {
  const [environment, setEnvironment] = useState<Environment>('PRODUCTION');
  const [role, setRole] = useState<DeploymentRole>('CHAMPION');
  const command = useDialogCommand(PromoteVersion, opener);
  return (
    <ReasonDialog
      title={`Promote ${version.tag}`}
      onClose={opener.onClose}
      happens={promotionConsequences({ modelName, tag: version.tag, environment, role, serving, hasBaseline })}
      reasonLabel="Why is it promoted?"
      action={`Promote ${version.tag}`}
      isDanger={environment === 'PRODUCTION' && role === 'CHAMPION'}
      command={command}
      onReason={(reason) => command.send({ input: { versionId: version.id, environment, role, reason } })}
    >
      <Select label="Environment" data={ENVIRONMENTS} value={environment} allowDeselect={false} onChange={(value) => setEnvironment((value ?? 'PRODUCTION') as Environment)} />
      <Select label="Role" data={ROLES} value={role} allowDeselect={false} onChange={(value) => setRole((value ?? 'CHAMPION') as DeploymentRole)} />
    </ReasonDialog>
  );
}

export function RollBackDialog({ model, serving, ...opener }: Opener & {
  model: { id: string; name: string };
  serving: string;
}) {
  const command = useDialogCommand(RollBackDeployment, opener);
  return (
    <ReasonDialog
      title={`Roll ${model.name} back`}
      onClose={opener.onClose}
      happens={rollBackConsequences(model.name, serving)}
      reasonLabel="Why is it rolled back?"
      action="Roll back"
      isDanger
      command={command}
      onReason={(reason) => command.send({ input: { modelId: model.id, environment: 'PRODUCTION', reason } })}
    />
  );
}
