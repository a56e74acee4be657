// The npm packages of the tests. They are installed outside the tree: `scripts/install.sh` prints where.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const folder = process.env.AZ_TEST_PAGE_TESTS;
if (!folder) throw new Error('AZ_TEST_PAGE_TESTS is not set. Run: cargo xtask test page');

const require = createRequire(pathToFileURL(`${folder}/package.json`));

export const { chromium } = require('playwright-core');

/** The source text of axe-core, for the page. */
export const axeSource = require('axe-core').source;
