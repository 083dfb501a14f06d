import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { FormDialog } from '../../components/FormDialog';
import { paths } from '../../components/paths';
import { useCommand } from '../../components/useCommand';
import { useGo } from '../../components/useProject';
import { graphql } from '../../gql';
import { LONGEST_DESCRIPTION, LONGEST_NAME, ownTimeZone, timeZones } from './limits';

const CreateOrganization = graphql(`
  mutation CreateOrganization($input: CreateOrganizationInput!) {
    createOrganization(input: $input) {
      __typename
      ... on CreateOrganizationPayload {
        organization {
          id
          name
        }
      }
      ...Refusal
    }
  }
`);

const CreateProject = graphql(`
  mutation CreateProject($input: CreateProjectInput!) {
    createProject(input: $input) {
      __typename
      ... on CreateProjectPayload {
        project {
          id
          name
        }
      }
      ...Refusal
    }
  }
`);

/** Whoever founds an organization owns it. */
export function CreateOrganizationDialog({ onClose }: { onClose: () => void }) {
  const go = useGo();
  const [name, setName] = useState('');
  const command = useCommand(CreateOrganization, ({ organization }) => {
    onClose();
    go(organization ? paths.organization(organization.id, 'projects') : paths.settings);
  });
  return (
    <FormDialog
      title="New organization"
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { name: name.trim() } })}
      action="Found it"
      isReady={name.trim() !== ''}
    >
      <p>You will be its owner. Its projects, members and records are seen by nobody else.</p>
      <TextInput label="Name" description="No other organization may have it." required data-autofocus maxLength={LONGEST_NAME} value={name} onChange={(event) => setName(event.currentTarget.value)} />
    </FormDialog>
  );
}

/** A project of an organization, with the time zone that its windows are cut by. */
export function CreateProjectDialog({ organizationId, onClose }: { organizationId: string; onClose: () => void }) {
  const go = useGo();
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [timeZone, setTimeZone] = useState(ownTimeZone);
  const command = useCommand(CreateProject, ({ project }) => {
    onClose();
    go(project ? paths.project(project.id) : paths.organization(organizationId, 'projects'));
  });
  return (
    <FormDialog
      title="New project"
      onClose={onClose}
      command={command}
      onSubmit={() => command.send({ input: { organizationId, name: name.trim(), description: description.trim(), timeZone } })}
      action="Open it"
      isReady={name.trim() !== ''}
    >
      <TextInput label="Name" description="Unique in its organization." required data-autofocus maxLength={LONGEST_NAME} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <TextInput label="What it is for" maxLength={LONGEST_DESCRIPTION} value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
      <Select
        label="Time zone"
        description="Windows end at its midnights."
        searchable
        allowDeselect={false}
        data={timeZones(timeZone)}
        value={timeZone}
        onChange={(zone) => setTimeZone(zone ?? 'UTC')}
      />
    </FormDialog>
  );
}
