import { Select } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { problemOf } from '../../components/outcome';
import { ReasonDialog } from '../../components/ReasonDialog';
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
      ... on Failure {
        message
      }
      ... on InvalidError {
        fields {
          path
          message
        }
      }
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
      ... on Failure {
        message
      }
      ... on InvalidError {
        fields {
          path
          message
        }
      }
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

export function PromoteDialog({ modelName, version, serving, hasBaseline, onClose, onDone }: {
  modelName: string;
  version: { id: string; tag: string };
  serving: string | null;
  hasBaseline: boolean;
  onClose: () => void;
  onDone: () => void;
}) {
  const [environment, setEnvironment] = useState<Environment>('PRODUCTION');
  const [role, setRole] = useState<DeploymentRole>('CHAMPION');
  const [, promote] = useMutation(PromoteVersion);
  return (
    <ReasonDialog
      title={`Promote ${version.tag}`}
      isOpen
      onClose={onClose}
      happens={promotionConsequences({ modelName, tag: version.tag, environment, role, serving, hasBaseline })}
      reasonLabel="Why is it promoted?"
      action={`Promote ${version.tag}`}
      isDanger={environment === 'PRODUCTION' && role === 'CHAMPION'}
      onConfirm={async (reason) => {
        const { data, error } = await promote({ input: { versionId: version.id, environment, role, reason } });
        const problem = problemOf(error, data?.promoteVersion);
        if (problem === null) onDone();
        return problem;
      }}
    >
      <Select label="Environment" data={ENVIRONMENTS} value={environment} allowDeselect={false} onChange={(value) => setEnvironment((value ?? 'PRODUCTION') as Environment)} />
      <Select label="Role" data={ROLES} value={role} allowDeselect={false} onChange={(value) => setRole((value ?? 'CHAMPION') as DeploymentRole)} />
    </ReasonDialog>
  );
}

export function RollBackDialog({ model, serving, onClose, onDone }: {
  model: { id: string; name: string };
  serving: string;
  onClose: () => void;
  onDone: () => void;
}) {
  const [, rollBack] = useMutation(RollBackDeployment);
  return (
    <ReasonDialog
      title={`Roll ${model.name} back`}
      isOpen
      onClose={onClose}
      happens={rollBackConsequences(model.name, serving)}
      reasonLabel="Why is it rolled back?"
      action="Roll back"
      isDanger
      onConfirm={async (reason) => {
        const { data, error } = await rollBack({ input: { modelId: model.id, environment: 'PRODUCTION', reason } });
        const problem = problemOf(error, data?.rollBackDeployment);
        if (problem === null) onDone();
        return problem;
      }}
    />
  );
}
