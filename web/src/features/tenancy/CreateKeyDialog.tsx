import { Checkbox, MultiSelect, Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useQuery } from 'urql';
import { FormDialog } from '../../components/FormDialog';
import type { Asking } from '../../components/useCommand';
import { graphql } from '../../gql';
import type { KeyPermission } from '../../gql/graphql';
import { endOf, KEY_PERMISSIONS, LIVES, PERMISSIONS_IN_ORDER } from './keys';
import { LONGEST_NAME } from './limits';
import classes from './tenancy.module.css';

const ModelsOfKey = graphql(`
  query ModelsOfKey($projectId: ID) {
    models(first: 200, filter: { projectId: $projectId }) {
      nodes {
        id
        name
      }
    }
  }
`);

export interface NewKey {
  name: string;
  permissions: KeyPermission[];
  modelIds: string[] | null;
  expiresAt: string | null;
}

/** What a new key is for, what it may do, and until when. */
export function CreateKeyDialog({ projectId, whose, first, command, onClose, onCreate }: {
  projectId: string | null;
  whose: string;
  first: KeyPermission;
  command: Asking;
  onClose: () => void;
  onCreate: (key: NewKey) => unknown;
}) {
  const [name, setName] = useState('');
  const [permissions, setPermissions] = useState<KeyPermission[]>([first]);
  const [modelIds, setModelIds] = useState<string[]>([]);
  const [life, setLife] = useState('90');
  const [day, setDay] = useState('');
  const [openedAt] = useState(() => new Date());
  const sendsAlone = permissions.length === 1 && permissions[0] === 'INGEST';
  const isEndKnown = endOf(life, day, openedAt) !== undefined;
  const create = () => {
    const expiresAt = endOf(life, day, new Date());
    if (expiresAt !== undefined) onCreate({ name: name.trim(), permissions, modelIds: sendsAlone && modelIds.length > 0 ? modelIds : null, expiresAt });
  };
  return (
    <FormDialog title="New key" onClose={onClose} command={command} onSubmit={create} action="Make the key" isReady={name.trim() !== '' && permissions.length > 0 && isEndKnown}>
      <p>{whose}</p>
      <TextInput label="What it is for" description="The program and where it runs: this name stands in the record." required data-autofocus maxLength={LONGEST_NAME} value={name} onChange={(event) => setName(event.currentTarget.value)} />
      <Checkbox.Group label="What it may do" withAsterisk value={permissions} onChange={(chosen) => setPermissions(PERMISSIONS_IN_ORDER.filter((each) => chosen.includes(each)))}>
        <div className={classes.choices}>
          {PERMISSIONS_IN_ORDER.map((each) => <Checkbox key={each} value={each} label={capital(KEY_PERMISSIONS[each].short)} description={KEY_PERMISSIONS[each].means} />)}
        </div>
      </Checkbox.Group>
      {sendsAlone && <ModelChoice projectId={projectId} chosen={modelIds} onChoose={setModelIds} />}
      <Select label="How long it holds" allowDeselect={false} data={LIVES} value={life} onChange={(value) => setLife(value ?? '90')} />
      {life === 'day' && <TextInput type="date" label="Until the end of" required value={day} onChange={(event) => setDay(event.currentTarget.value)} />}
    </FormDialog>
  );
}

function ModelChoice({ projectId, chosen, onChoose }: { projectId: string | null; chosen: string[]; onChoose: (ids: string[]) => void }) {
  const [result] = useQuery({ query: ModelsOfKey, variables: { projectId }, requestPolicy: 'cache-and-network' });
  const models = result.data?.models.nodes ?? [];
  return (
    <MultiSelect
      label="For which models"
      description="Of the others it learns nothing."
      placeholder={chosen.length === 0 ? 'All of them' : undefined}
      searchable
      data={models.map(({ id, name }) => ({ value: id, label: name }))}
      value={chosen}
      onChange={onChoose}
    />
  );
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
