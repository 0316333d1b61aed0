#!/bin/sh
# Makes .venv hold what a lock names: sh deploy/setup.sh requirements.lock
# PYTHON chooses the interpreter; else the newest suitable one on the PATH is taken.
set -eu

lock=$1
venv=.venv

# New enough, and able to make a virtual environment (Debian ships `ensurepip` apart).
suits='import sys; from importlib.util import find_spec as has
sys.exit(0 if sys.version_info >= (3, 11) and (has("ensurepip") or has("virtualenv")) else 1)'

find_python() {
    [ -n "${PYTHON:-}" ] && set -- "$PYTHON" || set -- python3.13 python3.12 python3.11 python3
    for candidate; do
        if "$candidate" -c "$suits" 2>/dev/null; then
            echo "$candidate"
            return
        fi
    done
    echo "Steelyard needs Python 3.11 or newer with its venv module; tried: $*." >&2
    echo "On Debian and Ubuntu: apt install python3-venv. Another interpreter: make PYTHON=/path/to/python3 …" >&2
    exit 1
}

make_venv() {
    python=$(find_python)
    echo "Making $venv with $("$python" --version)"
    if "$python" -c 'import ensurepip' 2>/dev/null; then
        "$python" -m venv --clear "$venv"
    else
        "$python" -m virtualenv --quiet --clear "$venv"
    fi
}

# So that `.venv/bin/steelyard up` works from any folder.
write_launcher() {
    cat > "$venv/bin/steelyard" <<'LAUNCHER'
#!/bin/sh
root=$(CDPATH= cd -- "$(dirname -- "$0")/../.." && pwd)
PYTHONPATH=$root${PYTHONPATH:+:$PYTHONPATH} exec "$root/.venv/bin/python" -m deploy "$@"
LAUNCHER
    chmod +x "$venv/bin/steelyard"
}

"$venv/bin/python" -m pip --version >/dev/null 2>&1 || make_venv
echo "Installing what $lock names"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes --no-deps -r "$lock"
write_launcher
