import { curl } from './curl';
import { dotnet } from './dotnet';
import { java } from './java';
import { javascript } from './javascript';
import { python } from './python';
import { rust } from './rust';

export const LANGUAGES = [python, javascript, dotnet, java, rust, curl] as const;
