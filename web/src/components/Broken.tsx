import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { Empty } from './states';

interface Props {
  at: string;
  children: ReactNode;
}

interface State {
  hasFailed: boolean;
  at: string;
}

/** A part of the page that failed to draw says so in its place; the rest of the page stays. At another place it is drawn anew. */
export class Broken extends Component<Props, State> {
  override state: State = { hasFailed: false, at: this.props.at };

  static getDerivedStateFromProps({ at }: Props, state: State): State | null {
    return at === state.at ? null : { hasFailed: false, at };
  }

  static getDerivedStateFromError(): Pick<State, 'hasFailed'> {
    return { hasFailed: true };
  }

  override render() {
    if (!this.state.hasFailed) return this.props.children;
    return (
      <div role="alert">
        <Empty title="This screen could not be drawn">
          That is a mistake of the dashboard; what was recorded is not touched by it. The browser’s console has the cause.
          <div>
            <Button size="xs" variant="default" mt={8} onClick={() => this.setState({ hasFailed: false })}>Try again</Button>
          </div>
        </Empty>
      </div>
    );
  }
}
