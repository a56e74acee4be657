// The support itself: a hand, the watch and axe-core fail where they must.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, newContext } from './support/browser.mjs';
import { FORMS, accessible } from './support/forms.mjs';
import { Keyboard } from './support/hands/keyboard.mjs';
import { Mouse } from './support/hands/mouse.mjs';
import { serve } from './support/server.mjs';
import { Watch } from './support/watch.mjs';

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

const form = (rows) => `<!doctype html><html lang="en"><head><title>A form</title>
  <link rel="icon" href="data:,"><link rel="stylesheet" href="/style.css"><script type="module" src="/script.js"></script>
  </head><body><main><h1>A form</h1>${rows}</main></body></html>`;

const ROWS = `
  <p><label>Name <input name="name"></label></p>
  <p><label>Size <select name="size"><option>Small</option><option>Medium</option><option>Large</option></select></label></p>
  <p><label><input type="checkbox" name="wrapped"> Wrapped</label></p>
  <fieldset><legend>Colour</legend>
    <label><input type="radio" name="colour" value="red" checked> Red</label>
    <label><input type="radio" name="colour" value="blue"> Blue</label>
    <label><input type="radio" name="colour" value="green"> Green</label>
  </fieldset>
  <p><button type="button" id="send">Send</button> <button type="button" tabindex="-1">Left out</button>
  <button type="button" id="remove">Remove</button> <button type="button" id="plain">Plain</button>
  <a href="#next">Next</a></p>
  <p id="said"></p>`;

const SCRIPT = `
  const said = document.getElementById('said');
  const read = () => [...document.querySelectorAll('input,select')]
    .filter((field) => field.type !== 'radio' || field.checked)
    .map((field) => field.type === 'checkbox' ? field.checked : field.value).join(' ');
  document.getElementById('send').onclick = () => { said.textContent = read(); };
  document.getElementById('remove').onclick = (event) => event.target.remove();
`;

let browser, server, context, watch, page;

before(async () => {
  browser = await launch();
  const headers = { 'content-security-policy': POLICY };
  server = await serve({
    '/': { text: form(ROWS), headers },
    '/style.css': { type: 'text/css', text: '#plain { outline: none } body { color: #111; background: #fff }' },
    '/script.js': { type: 'text/javascript', text: SCRIPT },
    '/pale': form('<p style="color: #aaa; background: #fff">Pale</p><p style="width: 900px">Wide</p>'),
    '/cookie': { text: form(ROWS), headers: { ...headers, 'set-cookie': 'a=b' } },
  });
});

after(() => Promise.all([browser?.close(), server?.close()]));

/** Opens a path in a new context. */
async function open(path) {
  await context?.close();
  context = await newContext(browser);
  watch = new Watch(context, [server.origin]);
  page = await context.newPage();
  await page.goto(`${server.origin}${path}`);
}

const button = (name) => page.getByRole('button', { name, exact: true });

for (const Hand of [Mouse, Keyboard]) {
  test(`a form is filled in by ${Hand.name}`, async () => {
    await open('/');
    const hand = new Hand(page);
    await hand.press(page.getByLabel('Wrapped'));
    await hand.fill(page.getByLabel('Name'), 'Ann Lee');
    await hand.choose(page.getByLabel('Size'), 'Large');
    await hand.press(page.getByLabel('Green'));
    await hand.press(button('Send'));
    await hand.end();
    assert.equal(await page.locator('#said').innerText(), 'Ann Lee Large true green');
    await watch.check();
  });
}

test('the keyboard fails where an element is left out by Tab', async () => {
  await open('/');
  const hand = new Keyboard(page);
  await assert.rejects(
    hand.press(button('Left out')),
    /is left out by Tab: it lies between <button> "(Send|Remove)"/,
  );
});

test('the keyboard fails where the focus cannot be seen', async () => {
  await open('/');
  const hand = new Keyboard(page);
  await assert.rejects(
    hand.press(page.getByRole('link', { name: 'Next' })),
    /"Plain" looks the same with the focus/,
  );
});

test('the keyboard fails where the focus is lost', async () => {
  await open('/');
  // The focus does not come back, so the test need not wait for it.
  const hand = new Keyboard(page, 500);
  await hand.press(button('Remove'));
  await assert.rejects(hand.end(), /The focus is lost after Enter on .*Remove/);
  await assert.rejects(hand.press(button('Send')), /The focus is lost after Enter on .*Remove/);
});

for (const [what, path, script, pattern] of [
  [
    'a request to another origin',
    '/pale',
    () => void fetch('http://localhost:1/').catch(() => 0),
    /leaves the origin.*:1\//,
  ],
  ['an error in the console', '/', () => console.error('trouble'), /error in the console: trouble/],
  ['an exception', '/', () => void setTimeout(() => null.x), /exception: TypeError/],
  [
    'a violation of the policy',
    '/',
    () => void document.body.setAttribute('style', 'color: red'),
    /Content Security Policy/,
  ],
  [
    'a text made to markup',
    '/',
    () => void Promise.resolve().then(() => (document.body.innerHTML = 'x')),
    /TrustedHTML/,
  ],
  ['a cookie', '/cookie', () => 0, /a cookie: a of localhost/],
]) {
  test(`the watch sees ${what}`, async () => {
    await open(path);
    await page.evaluate(script);
    await page.evaluate(() => new Promise((done) => setTimeout(done)));
    await assert.rejects(watch.check(), pattern);
  });
}

test('an expected error must come', async () => {
  await open('/');
  watch.expect(/trouble/);
  await assert.rejects(watch.check(), /did not do what was expected of it: \/trouble\//);
  await page.evaluate(() => console.error('trouble'));
  await watch.check();
});

test('axe-core and the width of the window are looked at in each form', async () => {
  await open('/');
  await accessible(page, 'the form');
  await open('/pale');
  await assert.rejects(accessible(page, 'pale'), (error) => {
    for (const [width, scheme] of FORMS) {
      assert.match(error.message, new RegExp(`pale, ${scheme}, ${width} px: color-contrast \\(serious\\)`));
    }
    assert.match(
      error.message,
      /pale, dark, 360 px: the page is 9\d\d px wide. Too far to the right: <p class="">/,
    );
    return true;
  });
});
