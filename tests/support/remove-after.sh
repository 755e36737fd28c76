# Waits until standard input ends, as it does when the process at its other end does, in whatever way. Then stops the
# PostgreSQL in the folder $1, if one is running, and removes the folder.
cat > /dev/null
server=$(head -n 1 "$1/data/postmaster.pid" 2> /dev/null)
if [ -n "$server" ]; then
  kill -QUIT "$server" 2> /dev/null
  while kill -0 "$server" 2> /dev/null; do sleep 0.05; done
fi
rm -rf "$1"
