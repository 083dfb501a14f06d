import { Button, Select, TextInput } from '@mantine/core';
import { useState, type SubmitEvent } from 'react';
import { CopyBlock } from '../../components/CopyBlock';
import { Refused } from '../../components/Refused';
import { useCommand } from '../../components/useCommand';
import { graphql } from '../../gql';
import { registerCommand } from './commands';
import classes from './WelcomePage.module.css';

const RegisterModel = graphql(`
  mutation RegisterModel($input: RegisterModelInput!) {
    registerModel(input: $input) {
      __typename
      ... on RegisterModelPayload {
        position
        model {
          id
        }
      }
      ...Refusal
    }
  }
`);

interface Named {
  id: string;
  name: string;
}

const LONGEST_NAME = 200;

/** A new model by a form or by a command; else one that exists, which somebody has to choose. */
export function RegisterStep({ projects, models, arrived, chosen, onChoose }: {
  projects: readonly Named[];
  models: readonly Named[];
  /** Registered while the page was open. */
  arrived: readonly Named[];
  chosen: Named | null;
  onChoose: (id: string) => void;
}) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const [project, setProject] = useState<string | null>(null);
  const projectId = project ?? projects[0]?.id ?? null;
  const command = useCommand(RegisterModel, ({ model }) => {
    setName('');
    setDescription('');
    if (model) onChoose(model.id);
  });
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (projectId !== null) void command.send({ input: { projectId, name: name.trim(), description: description.trim() } });
  };
  const others = arrived.filter((each) => each.id !== chosen?.id);
  return (
    <div className={classes.step}>
      <form className={classes.form} onSubmit={submit}>
        <TextInput label="Name" required maxLength={LONGEST_NAME} value={name} onChange={(event) => setName(event.currentTarget.value)} />
        <TextInput label="What it decides" value={description} onChange={(event) => setDescription(event.currentTarget.value)} />
        {projects.length > 1 && (
          <Select
            label="Project"
            allowDeselect={false}
            data={projects.map((each) => ({ value: each.id, label: each.name }))}
            value={projectId}
            onChange={setProject}
          />
        )}
        <Button type="submit" loading={command.isBusy} disabled={name.trim() === '' || projectId === null}>Register</Button>
        <Refused {...command} />
      </form>
      {projectId === null && <p className="dim">There is no project in which your role lets you register a model. An owner or an admin can give you another one.</p>}
      {others.length > 0 && (
        <div className={classes.arrived} role="status">
          {others.map((each) => (
            <Button key={each.id} size="xs" variant="light" maw="100%" title={each.name} onClick={() => onChoose(each.id)}>
              Just registered: go on with {each.name}
            </Button>
          ))}
        </div>
      )}
      {projectId !== null && (
        <details className={classes.other}>
          <summary>Register it by a command instead</summary>
          <CopyBlock
            label="register a model"
            text={registerCommand(window.location.origin, {
              projectId,
              name: name.trim() || 'My model',
              description: description.trim() || 'What it decides',
            })}
          />
        </details>
      )}
      {models.length > 0 && (
        <Select
          label="Or go on with a model that exists"
          description="Its record is kept for good: each step says what its command will do to it."
          placeholder="None is chosen"
          maw={480}
          searchable
          clearable
          data={models.map((each) => ({ value: each.id, label: each.name }))}
          value={chosen?.id ?? null}
          onChange={(id) => onChoose(id ?? '')}
        />
      )}
    </div>
  );
}
