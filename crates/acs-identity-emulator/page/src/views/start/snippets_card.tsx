// A complete program in each language.
import { Copy } from '../../parts/copy';
import { Card } from '../../parts/page_head';
import { Tabs } from '../../parts/tabs';
import { createStore, useStore } from '../../base/store';
import { LANGUAGES } from './snippets';
import type { Target } from './snippets/snippet';

/** The language that was chosen last. It stays chosen while other views are open. */
const chosen = createStore<string>(LANGUAGES[0].name);

interface Props {
  shown: Target;
  copied: Target;
}

export function SnippetsCard({ shown, copied }: Props) {
  const name = useStore(chosen);
  const language = LANGUAGES.find((language) => language.name === name) ?? LANGUAGES[0];
  const { title, file, comment, program } = language;
  return (
    <Card title="Create a user and a token">
      <Tabs label="Languages" tabs={LANGUAGES} open={language.name} onOpen={(name) => chosen.set(name)}>
        <div class="snippet">
          <div class="snippet-head">
            <code>{file}</code>
            <Copy text={program(copied)} what={`the program for ${title}`} />
          </div>
          <pre class="code" tabIndex={0} role="region" aria-label={`Program for ${title}`}>
            <code>
              {program(shown)
                .split(/(?<=\n)/)
                .map((line, index) => (
                  <span key={index} class={line.trimStart().startsWith(comment) ? 'quiet' : undefined}>
                    {line}
                  </span>
                ))}
            </code>
          </pre>
        </div>
      </Tabs>
    </Card>
  );
}
