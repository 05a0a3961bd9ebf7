#!/bin/sh
node child.cjs shellScript
